using System.Text.Json;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>A subscription as it is stored.</summary>
/// <param name="State">Never <see cref="SubscriptionState.Failing"/>: that is told by what is deferred.</param>
/// <param name="Cursor">Each change at or before it was accepted, is not for this subscriber, or is deferred.</param>
/// <param name="LeaseToken">Whoever writes progress by another one writes nothing.</param>
internal sealed record SubscriptionRow(
    Guid Id,
    string Url,
    string? Description,
    string[] Kinds,
    string[] Connections,
    string[] AllowedRanges,
    byte[] SealedSecrets,
    SubscriptionState State,
    SubscriptionReason? Reason,
    Guid Epoch,
    long Cursor,
    DateTimeOffset? NotBefore,
    DateTimeOffset? LastAcceptedAt,
    AttemptError? LastError,
    long LeaseToken,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>In the order in which <see cref="Of"/> reads them.</summary>
    internal const string Columns = """
        subscriptions.id, subscriptions.url, subscriptions.description, subscriptions.kinds, subscriptions.connections,
        subscriptions.allowed_ranges, subscriptions.sealed_secrets, subscriptions.state, subscriptions.reason, subscriptions.epoch,
        subscriptions.cursor_position, subscriptions.not_before, subscriptions.last_accepted_at, subscriptions.last_error,
        subscriptions.lease_token, subscriptions.created_at, subscriptions.updated_at
        """;

    internal const int ColumnCount = 17;

    internal static SubscriptionRow Of(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2),
        row.GetFieldValue<string[]>(3), row.GetFieldValue<string[]>(4), row.GetFieldValue<string[]>(5), row.GetFieldValue<byte[]>(6),
        EnumWords<SubscriptionState>.Parse(row.GetString(7)),
        row.IsDBNull(8) ? null : EnumWords<SubscriptionReason>.Parse(row.GetString(8)),
        row.GetGuid(9), row.GetInt64(10), Instant(row, 11), Instant(row, 12),
        row.IsDBNull(13) ? null : JsonSerializer.Deserialize<AttemptError>(row.GetString(13), JsonShapes.Stored),
        row.GetInt64(14), row.GetFieldValue<DateTimeOffset>(15), row.GetFieldValue<DateTimeOffset>(16));

    internal static DateTimeOffset? Instant(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>The last attempt that was not accepted. A storage shape.</summary>
/// <param name="Position">Of the change that was told.</param>
/// <param name="Status">As the subscriber answered; null where it did not.</param>
/// <param name="Detail">In our words; never what the subscriber wrote.</param>
public sealed record AttemptError(DateTimeOffset At, long Position, AttemptOutcome Outcome, int? Status, string Detail);
