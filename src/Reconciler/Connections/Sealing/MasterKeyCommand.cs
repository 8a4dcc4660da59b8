using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Access.Commands;
using Reconciler.Database;

namespace Reconciler.Connections;

/// <summary><c>Reconciler master-key rotate|retire</c>: beside a running service, or without one.</summary>
internal static class MasterKeyCommand
{
    internal const string Help = """
        Usage: Reconciler master-key rotate
               Reconciler master-key retire

        rotate   With the old key as the service has it. The new one is Reconciler__NewMasterKey; where the old one is the file in the data
                 directory, a new one is made there, and takes its place at the end. All nodes go on; after it, start each with the new key.
                 It can be cut off and called again.
        retire   With the new key, when every node has it: the old one opens nothing any more.
        """;

    private static readonly Actor Shell = Actor.Service("command");

    /// <summary>The exit code where the arguments ask for it; null where they do not.</summary>
    internal static async Task<int?> AnswerAsync(string[] args)
    {
        if (args is not ["master-key", .. var rest]) return null;
        if (rest is not (["rotate"] or ["retire"]))
        {
            Console.WriteLine(Help);
            return rest is ["--help" or "-h"] ? 0 : 2;
        }

        try
        {
            return await RunAsync(isRotation: rest is ["rotate"]);
        }
        catch (Exception fault) when (fault is InstallationFault or NpgsqlException or PrivateClusterFault or MigrationFault or IOException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(bool isRotation)
    {
        await using var shell = await CommandServices.OpenAsync();
        var (options, installation) = (shell.Get<ConnectionsOptions>(), shell.Get<Installation>());
        var rotation = new MasterKeyRotation(shell.Database, installation, shell.Get<AuditLog>(), TimeProvider.System);
        var file = new MasterKeyFile(options.DataDirectory);
        var anew = isRotation ? await RotateAsync(rotation, options, file) : await rotation.RetireAsync(Shell, CancellationToken.None);
        foreach (var row in anew.Unreadable) Console.Error.WriteLine($"Does not open, and was left as it is: {row}");
        Console.WriteLine(isRotation
            ? $"{anew.Rows} rows are sealed anew. Start every node with the new key, then call: Reconciler master-key retire"
            : $"The old master key is retired ({anew.Rows} more rows were sealed anew). Forget it, and the backups that it opens.");
        return anew.Unreadable.Count == 0 ? 0 : 1;
    }

    private static async Task<SealedAnew> RotateAsync(MasterKeyRotation rotation, ConnectionsOptions options, MasterKeyFile file)
    {
        if (options.NewMasterKey is { Length: > 0 } given)
        {
            var wanted = MasterKey.TryParse(given, out var key)
                ? key
                : throw new InstallationFault("Reconciler__NewMasterKey is no 32 bytes in base64, as 'openssl rand -base64 32' prints them.");
            return await rotation.RotateAsync(wanted, Shell, CancellationToken.None);
        }

        if (!string.IsNullOrWhiteSpace(options.MasterKey))
            throw new InstallationFault("Set Reconciler__NewMasterKey to the new key, as 'openssl rand -base64 32' prints it.");
        var next = file.Next;
        var anew = await rotation.RotateAsync(await next.ReadAsync(CancellationToken.None) ?? await next.MakeAsync(CancellationToken.None), Shell, CancellationToken.None);
        next.TakeThePlaceOf(file);
        return anew;
    }
}
