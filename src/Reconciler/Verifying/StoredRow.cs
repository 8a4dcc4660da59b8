using Npgsql;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Verifying;

/// <summary>What a payout's row says, or what it should say.</summary>
/// <param name="Open">Kinds of its open cases, with blanks between them.</param>
internal sealed record StoredRow(
    long Version, string Connection, string ProviderPayoutId, string Status, bool Final, string Confidence, string Rule, long StatusVersion,
    decimal? Amount, string? Currency, string? Recipient, string? RecipientDigest, string? Reference, string? ProviderReference, string Open,
    int PollsSinceHeard, DateTimeOffset FirstSeenAt, DateTimeOffset? LastHeardAt, DateTimeOffset? LastPolledAt, DateTimeOffset? FinalAt, byte[] State,
    bool IsErased)
{
    /// <summary>Of a row <c>payout</c>.</summary>
    internal const string Columns = """
        payout.version, payout.connection, payout.provider_payout_id, payout.status, payout.final, payout.confidence, payout.rule,
            payout.status_version, payout.amount, payout.currency, payout.recipient, payout.recipient_digest, payout.reference,
            payout.provider_reference, array_to_string(payout.open_discrepancies, ' '), payout.polls_since_heard, payout.first_seen_at,
            payout.last_heard_at, payout.last_polled_at, payout.final_at, payout.state, payout.erased_at is not null
        """;

    /// <param name="from">The first of the columns.</param>
    /// <returns>Null where there is no such row.</returns>
    internal static StoredRow? Of(NpgsqlDataReader read, int from)
    {
        if (read.IsDBNull(from)) return null;
        return new StoredRow(
            read.GetInt64(from), Text(1)!, Text(2)!, Text(3)!, read.GetBoolean(from + 4), Text(5)!, Text(6)!, read.GetInt64(from + 7),
            read.IsDBNull(from + 8) ? null : read.GetDecimal(from + 8), Text(9), Text(10), Text(11), Text(12), Text(13), Text(14)!,
            read.GetInt32(from + 15), Instant(16)!.Value, Instant(17), Instant(18), Instant(19),
            read.IsDBNull(from + 20) ? [] : read.GetFieldValue<byte[]>(from + 20), read.GetBoolean(from + 21));

        string? Text(int column) => read.IsDBNull(from + column) ? null : read.GetString(from + column);
        DateTimeOffset? Instant(int column) => read.IsDBNull(from + column) ? null : read.GetFieldValue<DateTimeOffset>(from + column);
    }

    /// <param name="isErased">Whether its recipient was erased from the row, which the events do not tell.</param>
    internal static StoredRow Of(Payout payout, long version, bool isErased)
    {
        var (shown, derived) = (PayoutColumns.Of(payout, isErased), Derivation.Derive(payout));
        return new StoredRow(
            version, payout.Id.Connection.ToString(), payout.Id.ProviderPayoutId, derived.Status.Word(), derived.Status.IsFinal(),
            derived.Confidence.Word(), derived.Rule.Word(), payout.StatusVersion, shown.Amount, shown.Currency, shown.Recipient?.Masked,
            shown.Recipient?.Digest, shown.Reference, shown.ProviderReference,
            payout.Cases.IsEmpty ? "" : string.Join(' ', payout.OpenCases.Select(known => known.Kind.Word())), payout.PollsSinceHeard,
            payout.FirstSeenAt, payout.LastHeardAt, payout.LastPolledAt, payout.FinalAt, PayoutState.Write(payout), isErased);
    }
}
