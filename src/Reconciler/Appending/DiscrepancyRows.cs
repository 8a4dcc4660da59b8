using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>The cases that a batch opened and closed.</summary>
internal static class DiscrepancyRows
{
    private const string Open = """
        insert into reconciler.discrepancies (id, stream_id, connection, kind, evidence, detail, opened_at, due_at)
        select id, stream_id, connection, kind, string_to_array(evidence, ' '), detail, opened_at, due_at
        from unnest($1, $2, $3, $4, $5, $6, $7, $8) as opened (id, stream_id, connection, kind, evidence, detail, opened_at, due_at)
        """;

    // Served by the primary key.
    private const string Close = """
        update reconciler.discrepancies as known set closed_at = closed.at, closed_because = closed.reason, resolution = closed.resolution
        from unnest($1, $2, $3, $4) as closed (id, at, reason, resolution)
        where known.id = any($1) and known.id = closed.id
        """;

    internal static void AddTo(NpgsqlBatch batch, List<PayoutRow> changed, CaseDeadlines deadlines)
    {
        var opened = new List<DiscrepancyOpened>();
        var closed = new List<DiscrepancyClosed>();
        foreach (var added in changed.SelectMany(row => row.Events))
        {
            if (added.Event is DiscrepancyOpened one) opened.Add(one);
            else if (added.Event is DiscrepancyClosed other) closed.Add(other);
        }

        if (opened.Count > 0)
        {
            var command = new NpgsqlBatchCommand(Open);
            command.Parameters.Add(Columns.Of(opened, one => one.Discrepancy, NpgsqlDbType.Uuid));
            command.Parameters.Add(Columns.Texts(opened, one => one.Payout.StreamId));
            command.Parameters.Add(Columns.Texts(opened, one => one.Payout.Connection.ToString()));
            command.Parameters.Add(Columns.Texts(opened, one => one.Kind.Word()));
            command.Parameters.Add(Columns.Texts(opened, one => string.Join(' ', one.Evidence)));
            command.Parameters.Add(Columns.Texts(opened, one => one.Detail));
            command.Parameters.Add(Columns.Of(opened, one => one.ObservedAt, NpgsqlDbType.TimestampTz));
            command.Parameters.Add(Columns.Of(opened, one => deadlines.DueAt(one.Kind, one.ObservedAt), NpgsqlDbType.TimestampTz));
            batch.BatchCommands.Add(command);
        }

        if (closed.Count > 0)
        {
            var command = new NpgsqlBatchCommand(Close);
            command.Parameters.Add(Columns.Of(closed, one => one.Discrepancy, NpgsqlDbType.Uuid));
            command.Parameters.Add(Columns.Of(closed, one => one.ObservedAt, NpgsqlDbType.TimestampTz));
            command.Parameters.Add(Columns.Texts(closed, one => one.Reason));
            command.Parameters.Add(Columns.Of(closed, one => one.Resolution, NpgsqlDbType.Uuid));
            batch.BatchCommands.Add(command);
        }
    }
}
