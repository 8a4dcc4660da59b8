using System.Globalization;
using Npgsql;
using Reconciler.Ledger;

namespace Reconciler.Verifying.Chains;

/// <summary>The feed beside the streams: dense, and each change tells of an event that is there. A stream that was removed whole is missed here.</summary>
internal sealed class FeedEvents(NpgsqlDataSource database, Findings findings)
{
    private const int PageMax = 5_000;

    // By the primary key; the event by its stream's index.
    private const string Page = """
        select change.position, change.stream_id, change.kind, happened.id is not null, coalesce(anchor.number, 0)
        from (select * from reconciler.changes where position > $1 order by position limit $2) as change
        left join reconciler.mt_events as happened on happened.stream_id = change.stream_id and happened.id = (change.body->>'id')::uuid
        left join reconciler.chain_anchors as anchor on change.kind = $3 and anchor.position = change.position
        order by change.position
        """;

    private const string Head = "select position from reconciler.feed_head";

    internal long Position { get; private set; }

    internal async Task RunAsync(Action<string> progress, CancellationToken cancellation)
    {
        long head;
        await using (var command = database.CreateCommand(Head)) head = (long)(await command.ExecuteScalarAsync(cancellation))!;
        while (await PageAsync(cancellation)) progress($"Feed: position {Position} of {head}.");
        findings.Unless(Position >= head, "feed", $"position {Text(head)}", $"the feed's head is there, and its last change is {Text(Position)}");
    }

    private async Task<bool> PageAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Page);
        command.CommandTimeout = 0;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageMax });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ChangeKind.ChainAnchored });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var rows = 0;
        for (; await row.ReadAsync(cancellation); rows++)
        {
            var (position, subject) = (row.GetInt64(0), $"position {Text(row.GetInt64(0))}");
            findings.Unless(position == Position + 1, "feed", subject, $"the change before it is {Text(Position)}: those between were removed");
            Position = position;
            if (row.GetString(2) == ChangeKind.ChainAnchored) findings.Unless(row.GetInt64(4) > 0, "feed", subject, "the anchor that it tells of was removed");
            else findings.Unless(row.GetBoolean(3), "feed", subject, $"the event of {row.GetString(1)} that it tells of was removed, or it was put in");
        }

        return rows == PageMax;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
