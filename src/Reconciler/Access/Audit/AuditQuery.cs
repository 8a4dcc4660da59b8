using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Finance;

namespace Reconciler.Access.Audit;

/// <summary>What somebody asks of the audit log: newest first, by number.</summary>
internal sealed class AuditQuery
{
    internal const int LimitMax = 500;
    private const int LimitDefault = 50;
    private const int CsvPageRows = 1_000;

    private static readonly string[] Known = ["act", "actor", "subject", "from", "to", "limit", "cursor"];

    private readonly Conditions conditions;

    internal AuditQuery(IQueryCollection query)
    {
        conditions = new Conditions(query, Known);
        // Served by audit_log_by_act, audit_log_by_actor and audit_log_by_subject.
        conditions.Where("act = {0}", conditions.Text("act"), NpgsqlDbType.Text);
        conditions.Where("actor_id = {0}", conditions.Text("actor"), NpgsqlDbType.Text);
        conditions.Where("subject = {0}", conditions.Text("subject", AuditLog.SubjectCharactersMax), NpgsqlDbType.Text);
        conditions.Where("recorded_at >= {0}", conditions.Instant("from"), NpgsqlDbType.TimestampTz);
        conditions.Where("recorded_at < {0}", conditions.Instant("to"), NpgsqlDbType.TimestampTz);
        Limit = conditions.Whole("limit", 1, LimitMax, LimitDefault);
        Before = conditions.Parsed<long>(
            "cursor", (string text, out long number) => long.TryParse(text, NumberStyles.None, null, out number), "It is not a nextCursor of this list.")
            ?? long.MaxValue;
    }

    internal IReadOnlyList<Hosting.FieldProblem> Problems => conditions.Problems;

    internal int Limit { get; }

    /// <summary>The number that the page lies before.</summary>
    private long Before { get; }

    internal async Task<(List<AuditEntry> Items, string? Next)> PageAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        // One more than asked for tells whether there is a next page.
        var rows = await ReadAsync(database, Before, Limit + 1, cancellation);
        var items = rows.Take(Limit).ToList();
        return (items, rows.Count > Limit ? items[^1].Number.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>All of it, a page at a time.</summary>
    internal async IAsyncEnumerable<List<AuditEntry>> AllAsync(NpgsqlDataSource database, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var before = Before;
        while (await ReadAsync(database, before, CsvPageRows, cancellation) is { Count: > 0 } page)
        {
            yield return page;
            before = page[^1].Number;
        }
    }

    private async Task<List<AuditEntry>> ReadAsync(NpgsqlDataSource database, long before, int limit, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand();
        conditions.AddParametersTo(command.Parameters);
        command.Parameters.Add(new NpgsqlParameter { Value = before });
        var all = string.Join(" and ", conditions.Written.Append($"number < ${command.Parameters.Count}"));
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"select {AuditRows.Columns} from reconciler.audit_log where {all} order by number desc limit {limit}");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var entries = new List<AuditEntry>();
        while (await rows.ReadAsync(cancellation)) entries.Add(AuditRows.Of(rows));
        return entries;
    }
}
