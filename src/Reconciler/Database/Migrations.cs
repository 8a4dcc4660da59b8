using Npgsql;
using Reconciler.Streams;

namespace Reconciler.Database;

/// <summary>
/// Brings a database to the schema of this program: each script once, in order, each in a transaction of its own, under a session
/// lock, so that several nodes may start together. What it cannot understand it refuses, and changes nothing.
/// </summary>
public static class Migrations
{
    // Any number that is ours alone in the database: "reconcil" in ASCII.
    private const long LockKey = 0x7265636F6E63696C;
    private const string LockTimeout = "5min";

    /// <summary>The scripts of this program: the service's own and those of the event streams.</summary>
    public static IReadOnlyList<MigrationScript> Scripts { get; } =
        [.. MigrationScript.In(typeof(Migrations).Assembly), .. SchemaScripts.All.Select(script => new MigrationScript(script.Name, script.Sql))];

    /// <summary>Applies what is missing of <see cref="Scripts"/>.</summary>
    /// <exception cref="MigrationFault">The database is not one that this program may change.</exception>
    public static Task ApplyAsync(NpgsqlDataSource database, ILogger logger, CancellationToken cancellation) =>
        ApplyAsync(database, Scripts, logger, cancellation);

    /// <param name="scripts">In any order; the first one makes the table <c>reconciler.schema_migrations</c>.</param>
    public static async Task ApplyAsync(
        NpgsqlDataSource database, IReadOnlyList<MigrationScript> scripts, ILogger logger, CancellationToken cancellation)
    {
        var ordered = InOrder(scripts);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await ExecuteAsync(connection, $"set lock_timeout = '{LockTimeout}'; select pg_advisory_lock({LockKey})", cancellation);
        try
        {
            foreach (var script in Missing(ordered, await AppliedAsync(connection, cancellation)))
            {
                MigrationLog.Applying(logger, script.Name);
                await ApplyAsync(connection, script, cancellation);
            }

            MigrationLog.UpToDate(logger, ordered[^1].Name);
        }
        finally
        {
            // A broken session has given the lock back already.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(connection, $"select pg_advisory_unlock({LockKey}); reset lock_timeout", CancellationToken.None);
            }
        }
    }

    private static List<MigrationScript> InOrder(IReadOnlyList<MigrationScript> scripts)
    {
        var ordered = scripts.OrderBy(script => script.Name, StringComparer.Ordinal).ToList();
        if (ordered.GroupBy(script => script.Name[..4]).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new MigrationFault($"Two migrations have the number {twice.Key}: {string.Join(" and ", twice.Select(script => script.Name))}.");
        }

        return ordered.Count > 0 ? ordered : throw new MigrationFault("There are no migrations in this program.");
    }

    private static IEnumerable<MigrationScript> Missing(List<MigrationScript> scripts, Dictionary<string, string> applied)
    {
        var known = scripts.Select(script => script.Name).ToHashSet(StringComparer.Ordinal);
        if (applied.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
        {
            throw new MigrationFault($"The database is newer than this program: it has {string.Join(", ", unknown)}. Start the program that made it.");
        }

        foreach (var script in scripts.Where(script => applied.TryGetValue(script.Name, out var sha256) && sha256 != script.Sha256))
        {
            throw new MigrationFault($"The migration {script.Name} is not the one that was applied. An applied migration is never edited: add a new one.");
        }

        var missing = scripts.Where(script => !applied.ContainsKey(script.Name)).ToList();
        if (missing.FirstOrDefault() is { } first && applied.Keys.FirstOrDefault(name => string.CompareOrdinal(name, first.Name) > 0) is { } later)
        {
            throw new MigrationFault($"The migration {first.Name} is missing though {later} was applied: a new one must have a higher number.");
        }

        return missing;
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var exists = new NpgsqlCommand("select to_regclass('reconciler.schema_migrations') is not null", connection);
        if (await exists.ExecuteScalarAsync(cancellation) is true)
        {
            await using var list = new NpgsqlCommand("select name, sha256 from reconciler.schema_migrations", connection);
            await using var rows = await list.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                applied.Add(rows.GetString(0), rows.GetString(1));
            }
        }

        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, MigrationScript script, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await ExecuteAsync(connection, script.Sql, cancellation);
        }
        catch (PostgresException fault)
        {
            throw new MigrationFault($"The migration {script.Name} failed and was taken back: {fault.MessageText}", fault);
        }

        await using var record = new NpgsqlCommand("insert into reconciler.schema_migrations (name, sha256) values ($1, $2)", connection)
        {
            Parameters = { new() { Value = script.Name }, new() { Value = script.Sha256 } },
        };
        await record.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // No timeout of our own: the lock timeout bounds the waiting, and the work of a migration takes what it takes.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
