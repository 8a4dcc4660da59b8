using System.Text;
using Reconciler.Access.Users;
using Reconciler.Core;

namespace Reconciler.Access.Commands;

/// <summary><c>Reconciler users add|list|role|password|disable|enable</c>.</summary>
internal sealed class UsersCommand(UserStore users)
{
    private static readonly Actor Shell = Actor.Service("command");

    public async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["add", var name, .. var rest]: await AddAsync(name, new CommandOptions(rest, ["--role"], ["--generate"])); return 0;
            case ["list"]: await ListAsync(); return 0;
            case ["role", var name, var role]: Changed(await users.ChangeRoleAsync(Shell, await IdOfAsync(name), RoleOf(role), CancellationToken.None)); return 0;
            case ["password", var name, .. var rest]: await PasswordAsync(name, new CommandOptions(rest, [], ["--generate"])); return 0;
            case ["disable", var name]: Changed(await users.DisableAsync(Shell, await IdOfAsync(name), CancellationToken.None)); return 0;
            case ["enable", var name]: Changed(await users.EnableAsync(Shell, await IdOfAsync(name), CancellationToken.None)); return 0;
            default: Console.Error.WriteLine(AccessCommand.Help); return 2;
        }
    }

    private async Task AddAsync(string name, CommandOptions options)
    {
        var known = User.NameOf(name) ?? throw new CommandFault(User.NameRule);
        var role = RoleOf(options.One("--role"));
        var (password, isMade) = Wanted(known, options.Has("--generate"));
        if (await users.AddAsync(Shell, known, role, password, mustChange: true, CancellationToken.None) is null)
            throw new CommandFault($"'{known}' is taken, or there are too many users.");
        Tell(known, password, isMade);
    }

    private async Task PasswordAsync(string name, CommandOptions options)
    {
        var id = await IdOfAsync(name);
        var (password, isMade) = Wanted(name, options.Has("--generate"));
        Changed(await users.ResetPasswordAsync(Shell, id, password, CancellationToken.None));
        Tell(name, password, isMade);
    }

    private async Task ListAsync()
    {
        foreach (var user in await users.AllAsync(CancellationToken.None))
        {
            var seen = user.LastSignedInAt is { } at ? $"signed in {InstantConverter.Text(at)}" : "never signed in";
            Console.WriteLine($"{user.Name}  {user.Role.Word()}  {(user.DisabledAt is null ? "in use" : "disabled")}  {seen}");
        }
    }

    private async Task<Guid> IdOfAsync(string name) =>
        (await users.AllAsync(CancellationToken.None)).Find(user => user.Name == User.NameOf(name))?.Id ?? throw new CommandFault($"There is no user '{name}'.");

    private static Role RoleOf(string? word) =>
        EnumWords<Role>.TryParse(word, out var role) ? role : throw new CommandFault($"A role is one of: {RoleScopes.Words}.");

    private static void Changed(UserChange change)
    {
        if (change.User is null) throw new CommandFault("There is no such user any more.");
        if (change.WasLastAdmin) throw new CommandFault("Nobody would be left who may administer. Give somebody else that role first.");
        Console.Error.WriteLine("Done: every node knows it within five seconds.");
    }

    private static void Tell(string name, string password, bool isMade)
    {
        Console.Error.WriteLine($"'{name}' has to change the password at the first sign-in.{(isMade ? " It is shown once:" : "")}");
        if (isMade) Console.WriteLine(password);
    }

    private static (string Password, bool IsMade) Wanted(string name, bool generate)
    {
        if (generate || Console.IsInputRedirected) return (Passwords.Generate(), true);
        var password = Hidden("Password: ");
        if (Passwords.Trouble(password, name) is { } trouble) throw new CommandFault(trouble);
        return Hidden("Again: ") == password ? (password, false) : throw new CommandFault("It was not typed the same way twice.");
    }

    private static string Hidden(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key && typed.Length <= Passwords.CharactersMax)
        {
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
