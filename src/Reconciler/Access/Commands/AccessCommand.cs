using Npgsql;
using Reconciler.Access.Keys;
using Reconciler.Access.Users;
using Reconciler.Connections;
using Reconciler.Database;

namespace Reconciler.Access.Commands;

/// <summary>
/// <c>Reconciler keys …</c> and <c>Reconciler users …</c>: what an administrator does with the machine's shell instead of a session.
/// They work beside a running service, and on one that does not run.
/// </summary>
internal static class AccessCommand
{
    internal const string Help = """
        Usage: Reconciler keys add --name NAME --scope SCOPE... [--connection KEY]... [--owner USER] [--expires 90d]
               Reconciler keys list
               Reconciler keys revoke ID [--why TEXT]
               Reconciler users add NAME --role viewer|analyst|approver|admin [--generate]
               Reconciler users list
               Reconciler users role NAME viewer|analyst|approver|admin
               Reconciler users password NAME [--generate]
               Reconciler users disable NAME
               Reconciler users enable NAME

        A password is asked for without being shown; with --generate, or without a terminal, one is made and printed. Whoever gets it has to
        change it at the first sign-in. The configuration is that of the service: see Reconciler --help.
        """;

    /// <summary>The exit code where the arguments ask for it; null where they do not.</summary>
    internal static async Task<int?> AnswerAsync(string[] args)
    {
        if (args is not ["keys" or "users", ..]) return null;
        if (args is [_] or [_, "--help" or "-h", ..])
        {
            Console.WriteLine(Help);
            return args.Length == 1 ? 2 : 0;
        }

        try
        {
            return await RunAsync(args);
        }
        catch (Exception fault) when (fault is InstallationFault or CommandFault or NpgsqlException or PrivateClusterFault or MigrationFault)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(string[] args)
    {
        await using var shell = await CommandServices.OpenAsync();
        return args switch
        {
            ["keys", .. var rest] => await new KeysCommand(shell.Get<ApiKeyStore>(), shell.Get<UserStore>(), TimeProvider.System).RunAsync(rest),
            [_, .. var rest] => await new UsersCommand(shell.Get<UserStore>()).RunAsync(rest),
            [] => 2,
        };
    }
}

/// <summary>The command cannot be carried out; the message says why.</summary>
internal sealed class CommandFault(string message) : Exception(message);
