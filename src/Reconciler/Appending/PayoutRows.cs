using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>The read model's rows of one batch: read under lock, in id order, and written back in the same transaction.</summary>
internal sealed class PayoutRows
{
    // Served by the primary key. Ordered by another collation than the key's, so that a plan made on an empty table cannot take
    // the order from a walk over the whole key.
    private const string Lock = """
        select stream_id, state, version, poll_lease_until, poll_faults, check_at
        from reconciler.payouts where stream_id = any($1) order by stream_id collate "C" for update
        """;

    private const string Upsert = """
        insert into reconciler.payouts (stream_id, connection, provider, provider_payout_id, reference, status, final, confidence, rule,
            status_version, amount, currency, recipient, recipient_digest, provider_reference, open_discrepancies, first_seen_at,
            last_heard_at, last_polled_at, next_poll_at, overdue_at, check_at, final_at, version, state, poll_lease_until, poll_faults)
        select stream_id, connection, provider, provider_payout_id, reference, status, final, confidence, rule,
            status_version, amount, currency, recipient, recipient_digest, provider_reference, string_to_array(open_discrepancies, ' '),
            first_seen_at, last_heard_at, last_polled_at, next_poll_at, overdue_at, check_at, final_at, version, state, poll_lease_until, poll_faults
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
            as row (stream_id, connection, provider, provider_payout_id, reference, status, final, confidence, rule,
            status_version, amount, currency, recipient, recipient_digest, provider_reference, open_discrepancies, first_seen_at,
            last_heard_at, last_polled_at, next_poll_at, overdue_at, check_at, final_at, version, state, poll_lease_until, poll_faults)
        on conflict (stream_id) do update set
            reference = excluded.reference, status = excluded.status, final = excluded.final, confidence = excluded.confidence,
            rule = excluded.rule, status_version = excluded.status_version, amount = excluded.amount, currency = excluded.currency,
            recipient = excluded.recipient, recipient_digest = excluded.recipient_digest,
            provider_reference = excluded.provider_reference, open_discrepancies = excluded.open_discrepancies,
            first_seen_at = excluded.first_seen_at, last_heard_at = excluded.last_heard_at, last_polled_at = excluded.last_polled_at,
            next_poll_at = excluded.next_poll_at, overdue_at = excluded.overdue_at, check_at = excluded.check_at, final_at = excluded.final_at,
            version = excluded.version, state = excluded.state, poll_lease_until = excluded.poll_lease_until,
            poll_faults = excluded.poll_faults
        """;

    private readonly Dictionary<string, PayoutRow> rows = new(StringComparer.Ordinal);

    internal PayoutRows(IEnumerable<PayoutId> payouts)
    {
        foreach (var id in payouts) rows.TryAdd(id.StreamId, new PayoutRow(id));
    }

    internal PayoutRow this[PayoutId id] => rows[id.StreamId];

    /// <summary>Those to which the batch adds events, in id order.</summary>
    internal List<PayoutRow> Changed() =>
        [.. rows.Values.Where(row => row.Events.Count > 0).OrderBy(row => row.Id.StreamId, StringComparer.Ordinal)];

    internal void AddLockTo(NpgsqlBatch batch)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(Lock);
        command.Parameters.Add(Columns.Texts([.. rows.Keys], id => id));
        batch.BatchCommands.Add(command);
    }

    internal async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        while (await reader.ReadAsync(cancellation))
        {
            var streamId = reader.GetString(0);
            rows[streamId] = PayoutRow.Read(
                rows[streamId].Id,
                State(reader.GetFieldValue<byte[]>(1)),
                reader.GetInt64(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetInt32(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5));
        }
    }

    internal static Payout State(byte[] json) =>
        JsonSerializer.Deserialize<Payout>(json, JsonShapes.Stored) ?? throw new UnreachableException("A payout's state is never null.");

    internal static void AddUpsertTo(NpgsqlBatch batch, List<PayoutRow> changed)
    {
        if (changed.Count == 0) return;
        var rows = changed.ConvertAll(row => (Row: row, Payout: row.Payout!, Shown: PayoutColumns.Of(row.Payout!)));
        var command = new NpgsqlBatchCommand(Upsert);
        var parameters = command.Parameters;
        parameters.Add(Columns.Texts(rows, row => row.Payout.Id.StreamId));
        parameters.Add(Columns.Texts(rows, row => row.Payout.Id.Connection.ToString()));
        parameters.Add(Columns.Texts(rows, row => row.Row.Provider.Word()));
        parameters.Add(Columns.Texts(rows, row => row.Payout.Id.ProviderPayoutId));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Reference));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Derived.Status.Word()));
        parameters.Add(Columns.Of(rows, row => row.Shown.Derived.Status.IsFinal(), NpgsqlDbType.Boolean));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Derived.Confidence.Word()));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Derived.Rule.Word()));
        parameters.Add(Columns.Of(rows, row => row.Payout.StatusVersion, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Of(rows, row => row.Shown.Amount, NpgsqlDbType.Numeric));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Currency));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Recipient?.Masked));
        parameters.Add(Columns.Texts(rows, row => row.Shown.Recipient?.Digest));
        parameters.Add(Columns.Texts(rows, row => row.Shown.ProviderReference));
        parameters.Add(Columns.Texts(rows, row => string.Join(' ', row.Payout.OpenCases.Select(known => known.Kind.Word()))));
        parameters.Add(Columns.Of(rows, row => row.Payout.FirstSeenAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Payout.LastHeardAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Payout.LastPolledAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Row.NextPollAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Row.OverdueAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Row.CheckAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Payout.FinalAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Row.Version, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Of(rows, row => JsonSerializer.SerializeToUtf8Bytes(row.Payout, JsonShapes.Stored), NpgsqlDbType.Json));
        parameters.Add(Columns.Of(rows, row => row.Row.PollLeaseUntil, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, row => row.Row.PollFaults, NpgsqlDbType.Integer));
        batch.BatchCommands.Add(command);
    }
}

/// <summary>What the read model shows of a payout beside its state: what was expected, else what the evidence first said.</summary>
internal sealed record PayoutColumns(
    Derived Derived, string? Reference, decimal? Amount, string? Currency, Recipient? Recipient, string? ProviderReference)
{
    internal static PayoutColumns Of(Payout payout)
    {
        var (expected, claims) = (payout.Expected, payout.Claims);
        return new PayoutColumns(
            Derivation.Derive(payout),
            expected?.Reference ?? First(FactKind.Reference),
            expected?.Amount.Amount ?? (First(FactKind.Amount) is { } amount ? decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture) : null),
            expected?.Amount.Currency.Code ?? First(FactKind.Currency),
            expected?.Recipient ?? (First(FactKind.Recipient) is { } recipient ? FromFact(recipient) : null),
            First(FactKind.ProviderReference));

        string? First(FactKind kind) => claims.Of(kind) is [var first, ..] ? first.Value : null;
    }

    private static Recipient FromFact(string value)
    {
        var blank = value.IndexOf(' ');
        return new Recipient(value[(blank + 1)..], value[..blank]);
    }
}
