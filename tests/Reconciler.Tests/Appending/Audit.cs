using System.Collections.Immutable;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Tests.Appending;

/// <summary>What must hold of every database of ours, whatever happened to it: read as rows, and folded anew from the events.</summary>
internal static class Audit
{
    // Each line counts what must not be.
    private static readonly ImmutableArray<(string What, string Sql)> Never =
    [
        ("streams with a hole or a version twice", """
            select count(*) from (select 1 from reconciler.mt_events group by stream_id
                having min(version) <> 1 or max(version) <> count(*)) as broken
            """),
        ("streams whose version is not their last event's", """
            select count(*) from reconciler.mt_streams as stream
            where stream.version is distinct from (select max(version) from reconciler.mt_events where stream_id = stream.id)
            """),
        ("payouts whose version is not their stream's, or without one", """
            select count(*) from reconciler.payouts as payout full join reconciler.mt_streams as stream on stream.id = payout.stream_id
            where payout.version is distinct from stream.version
            """),
        ("verified deliveries with two events", """
            select count(*) from (select 1 from reconciler.mt_events where type = 'webhook_received'
                group by stream_id, data->>'digest', data->>'verified' having count(*) > 1) as doubled
            """),
        ("events whose bytes are not kept", """
            select count(*) from reconciler.mt_events as happened where type in ('webhook_received', 'poll_answered')
                and not exists (select 1 from reconciler.evidence where digest = decode(happened.data->>'digest', 'hex')
                    and connection = split_part(happened.stream_id, '/', 1))
            """),
        ("status changes that do not count 1, 2, 3", """
            select count(*) from (select 1 from reconciler.mt_events where type = 'payout_status_changed' group by stream_id
                having min((data->>'statusVersion')::bigint) <> 1 or max((data->>'statusVersion')::bigint) <> count(*)) as broken
            """),
        ("positions of the feed that are missing", """
            select abs((select position from reconciler.feed_head) - count(*)) + coalesce(min(position) - 1, 0) + abs(coalesce(max(position), 0) - count(*))
            from reconciler.changes
            """),
        ("moves and cases without a change", """
            select count(*) from reconciler.mt_events as happened
            left join reconciler.changes as change on change.stream_id = happened.stream_id and change.body->>'id' = happened.id::text
            where type in ('payout_status_changed', 'discrepancy_opened', 'discrepancy_closed') and change.position is null
            """),
        ("changes too many", """
            select abs((select count(*) from reconciler.changes) - count(*)) from reconciler.mt_events
            where type in ('payout_status_changed', 'discrepancy_opened', 'discrepancy_closed')
            """),
        ("payouts whose changes are not in the order of their status versions", """
            select count(*) from (select status_version, lag(status_version) over (partition by stream_id order by position) as before
                from reconciler.changes) as pair where status_version < before
            """),
        ("open cases that the payout does not name, or the other way round", """
            select count(*) from reconciler.payouts as payout where cardinality(open_discrepancies)
                <> (select count(*) from reconciler.discrepancies where stream_id = payout.stream_id and closed_at is null)
            """),
    ];

    public static async Task OfAsync(string connectionString)
    {
        // Joins over thousands of rows that nobody has counted yet would be planned as if the tables were empty.
        await Rows.RunAsync(connectionString, "analyze");
        foreach (var (what, sql) in Never) (await Rows.OneAsync<long>(connectionString, sql)).ShouldBe(0, what);
        await ReadModelIsTheFoldAsync(connectionString);
    }

    /// <summary>Every row of the read model against the fold of its stream: the state to the letter, and the columns.</summary>
    private static async Task ReadModelIsTheFoldAsync(string connectionString)
    {
        var folded = await FoldAsync(connectionString);
        await using var connection = await Rows.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand("""
            select stream_id, state, polls_since_heard, concat_ws('|', status, final, confidence, rule, status_version, coalesce(trim_scale(amount)::text, '-'),
                coalesce(currency, '-'), coalesce(recipient, '-'), coalesce(recipient_digest, '-'), coalesce(reference, '-'),
                coalesce(provider_reference, '-'), array_to_string(open_discrepancies, ' ')), first_seen_at, last_heard_at, last_polled_at, final_at
            from reconciler.payouts
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        var rows = 0;
        for (; await row.ReadAsync(); rows++)
        {
            var payout = folded[row.GetString(0)];
            row.GetFieldValue<byte[]>(1).ShouldBe(PayoutState.Write(payout), $"{row.GetString(0)}: {payout}");
            row.GetInt32(2).ShouldBe(payout.PollsSinceHeard);
            row.GetString(3).ShouldBe(Columns(payout));
            DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
            (At(4), At(5), At(6), At(7)).ShouldBe((payout.FirstSeenAt, payout.LastHeardAt, payout.LastPolledAt, payout.FinalAt));
        }

        rows.ShouldBe(folded.Count);
    }

    private static string Columns(Payout payout)
    {
        var (shown, derived) = (PayoutColumns.Of(payout), Derivation.Derive(payout));
        return string.Join('|',
            derived.Status.Word(), derived.Status.IsFinal() ? "t" : "f", derived.Confidence.Word(), derived.Rule.Word(),
            payout.StatusVersion, shown.Amount is { } amount ? amount.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture) : "-",
            shown.Currency ?? "-", shown.Recipient?.Masked ?? "-", shown.Recipient?.Digest ?? "-", shown.Reference ?? "-",
            shown.ProviderReference ?? "-", string.Join(' ', payout.OpenCases.Select(known => known.Kind.Word())));
    }

    private static async Task<Dictionary<string, Payout>> FoldAsync(string connectionString)
    {
        var folded = new Dictionary<string, Payout>(StringComparer.Ordinal);
        await using var connection = await Rows.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand("select stream_id, type, data from reconciler.mt_events order by stream_id, version", connection);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var id = row.GetString(0);
            var happened = (PayoutEvent)PayoutStreams.Registry.Decode(row.GetString(1), row.GetFieldValue<byte[]>(2));
            folded[id] = Payout.Evolve(folded.GetValueOrDefault(id), happened);
        }

        return folded;
    }
}
