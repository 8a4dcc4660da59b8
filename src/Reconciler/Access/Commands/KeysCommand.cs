using Reconciler.Access.Keys;
using Reconciler.Access.Users;
using Reconciler.Core;

namespace Reconciler.Access.Commands;

/// <summary><c>Reconciler keys add|list|revoke</c>.</summary>
internal sealed class KeysCommand(ApiKeyStore keys, UserStore users, TimeProvider clock)
{
    private static readonly Actor Shell = Actor.Service("command");

    public async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["add", .. var rest]: await AddAsync(new CommandOptions(rest, ["--name", "--scope", "--connection", "--owner", "--expires"], [])); return 0;
            case ["list"]: await ListAsync(); return 0;
            case ["revoke", var id, .. var rest]: await RevokeAsync(id, new CommandOptions(rest, ["--why"], [])); return 0;
            default: Console.Error.WriteLine(AccessCommand.Help); return 2;
        }
    }

    private async Task AddAsync(CommandOptions options)
    {
        var now = clock.GetUtcNow();
        var connections = options.Many("--connection");
        DateTimeOffset? expiresAt = null;
        if (options.One("--expires") is { } text)
            expiresAt = Duration.TryParse(text, out var lifetime) ? now + lifetime : throw new CommandFault($"--expires '{text}' is no duration like 90d.");
        var wanted = new WantedKey(options.One("--name"), options.Many("--scope"), connections.Count > 0 ? connections : null, await OwnerAsync(options.One("--owner")), expiresAt);
        if (wanted.Problems(now) is { Count: > 0 } problems)
            throw new CommandFault(string.Join('\n', problems.Select(problem => $"{problem.Field}: {problem.Problem}")));
        var made = await keys.AddAsync(Shell, wanted, CancellationToken.None) ?? throw new CommandFault("There are too many keys in use. Revoke those that nobody needs.");
        Console.Error.WriteLine($"The key {made.Key.Id} was made. This is shown once:");
        Console.WriteLine(made.Secret);
    }

    private async Task<Guid?> OwnerAsync(string? name)
    {
        if (name is null) return null;
        var owner = (await users.AllAsync(CancellationToken.None)).FirstOrDefault(user => user.Name == User.NameOf(name) && user.DisabledAt is null);
        return owner?.Id ?? throw new CommandFault($"--owner '{name}' is no user who may sign in.");
    }

    private async Task ListAsync()
    {
        var names = (await users.AllAsync(CancellationToken.None)).ToDictionary(user => user.Id, user => user.Name);
        foreach (var key in await keys.AllAsync(CancellationToken.None))
        {
            var state = key switch
            {
                { RevokedAt: { } at } => $"revoked {InstantConverter.Text(at)}",
                _ when key.HasExpired(clock.GetUtcNow()) => "expired",
                { ExpiresAt: { } at } => $"until {InstantConverter.Text(at)}",
                _ => "in use",
            };
            var used = key.LastUsedAt is { } last ? $"used {InstantConverter.Text(last)}" : "never used";
            Console.WriteLine($"{key.Id}  …{key.Hint}  {state}  {used}  {string.Join(',', key.Scopes)}  {(key.Connections is null ? "all" : string.Join(',', key.Connections))}  {(key.Owner is { } owner ? names[owner] : "-")}  {key.Name}");
        }
    }

    private async Task RevokeAsync(string id, CommandOptions options)
    {
        if (!Guid.TryParse(id, out var known) || await keys.RevokeAsync(Shell, known, options.One("--why"), CancellationToken.None) is null)
            throw new CommandFault($"There is no key {id}.");
        Console.Error.WriteLine("It is revoked: every node refuses it within five seconds.");
    }
}
