using Npgsql;
using NpgsqlTypes;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Benchmarks.Finance;

/// <summary>A payout's row as the append path leaves it.</summary>
internal static class PayoutCopy
{
    internal const string Columns = """
        payouts (stream_id, connection, provider, provider_payout_id, reference, status, final, confidence, rule, status_version, amount, currency,
            recipient, recipient_digest, provider_reference, open_discrepancies, first_seen_at, last_heard_at, last_polled_at, next_poll_at, overdue_at,
            check_at, final_at, version, polls_since_heard, poll_faults, state)
        """;

    internal static async Task WriteAsync(NpgsqlBinaryImporter rows, MadePayout made)
    {
        var (payout, derived, shown) = (made.State, Derivation.Derive(made.State), PayoutColumns.Of(made.State));
        await rows.WriteAsync(made.Id.StreamId, NpgsqlDbType.Varchar);
        await rows.WriteAsync(made.Id.Connection.ToString(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(made.Provider.Word(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(made.Id.ProviderPayoutId, NpgsqlDbType.Varchar);
        await TextAsync(rows, shown.Reference);
        await rows.WriteAsync(derived.Status.Word(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(derived.Status.IsFinal(), NpgsqlDbType.Boolean);
        await rows.WriteAsync(derived.Confidence.Word(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(derived.Rule.Word(), NpgsqlDbType.Varchar);
        await rows.WriteAsync(payout.StatusVersion, NpgsqlDbType.Bigint);
        await rows.WriteAsync(shown.Amount!.Value, NpgsqlDbType.Numeric);
        await TextAsync(rows, shown.Currency);
        await TextAsync(rows, shown.Recipient?.Masked);
        await TextAsync(rows, shown.Recipient?.Digest);
        await TextAsync(rows, shown.ProviderReference);
        await rows.WriteAsync(payout.OpenCases.Select(known => known.Kind.Word()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);
        await rows.WriteAsync(payout.FirstSeenAt, NpgsqlDbType.TimestampTz);
        await TimeAsync(rows, payout.LastHeardAt);
        await TimeAsync(rows, payout.LastPolledAt);
        // Nothing is asked about them: their providers do not exist.
        await rows.WriteNullAsync();
        await rows.WriteNullAsync();
        await rows.WriteNullAsync();
        await TimeAsync(rows, payout.FinalAt);
        await rows.WriteAsync((long)made.Events.Count, NpgsqlDbType.Bigint);
        await rows.WriteAsync(payout.PollsSinceHeard, NpgsqlDbType.Integer);
        await rows.WriteAsync(0, NpgsqlDbType.Integer);
        await rows.WriteAsync(PayoutState.Write(payout), NpgsqlDbType.Bytea);
    }

    private static Task TextAsync(NpgsqlBinaryImporter rows, string? text) =>
        text is null ? rows.WriteNullAsync() : rows.WriteAsync(text, NpgsqlDbType.Varchar);

    private static Task TimeAsync(NpgsqlBinaryImporter rows, DateTimeOffset? at) =>
        at is { } time ? rows.WriteAsync(time, NpgsqlDbType.TimestampTz) : rows.WriteNullAsync();
}
