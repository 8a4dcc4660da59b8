using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Connections;

namespace Reconciler.Ledger;

/// <summary><c>Reconciler restored [POSITION]</c>: somebody tells that this database is an older copy of itself, where it cannot know.</summary>
public static class RestoredCommand
{
    private const string Name = "restored";
    private const string Because = "The operator told that a backup was restored.";

    /// <summary>The exit code where the arguments are this command; null where they are not.</summary>
    /// <exception cref="InstallationFault">The master key is not the one of this database, so that nothing can be recorded; nothing was done.</exception>
    public static async Task<int?> RunAsync(string[] args, NpgsqlDataSource database, ConnectionsOptions options)
    {
        if (args is not [Name, .. var rest]) return null;
        long? agreesUpTo = null;
        if (rest is [{ } text])
        {
            if (!FeedQuery.TryPosition(text, out var position)) return Refuse($"'{text}' is no position of the feed: a whole number, 0 or more.");
            agreesUpTo = position;
        }
        else if (rest.Length > 1)
        {
            return Refuse("Usage: Reconciler restored [POSITION]");
        }

        if (await BeginAsync(database, options, agreesUpTo) is not { } begun)
            return Refuse($"The feed ends before {agreesUpTo}: the histories cannot agree beyond its end. Nothing was changed.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            The feed's epoch is {begun.Epoch} from now on; it was {begun.Former}. The feed ends at {begun.Head}.
            Both are the same history up to position {begun.AgreesUpTo}. Readers that come with the former epoch are answered 409, and told so:
            those at or before {begun.AgreesUpTo} go on where they are, those beyond it compare what they read since, and read again from there.
            """));
        return 0;
    }

    private static async Task<BegunEpoch?> BeginAsync(NpgsqlDataSource database, ConnectionsOptions options, long? agreesUpTo)
    {
        var installation = new Installation(database, options);
        await installation.LoadAsync(CancellationToken.None);
        var audit = new AuditLog(database, installation, TimeProvider.System, NullLogger<AuditLog>.Instance);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await FeedHistory.BeginAsync(connection, agreesUpTo, Because, CancellationToken.None) is not { } begun) return null;
        await audit.RecordAsync(connection, Actor.Service("command"), "feed.restored", "feed", null, begun, null, CancellationToken.None);
        await transaction.CommitAsync();
        return begun;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 2;
    }
}
