using Npgsql;
using NpgsqlTypes;
using Reconciler.Ingest.Unreadable;
using Reconciler.Polling;

namespace Reconciler.Connections;

/// <summary>How a connection does now, for people: what came, what is waited for, what stands in the way.</summary>
/// <param name="Heard">What came.</param>
/// <param name="Due">Payouts whose poll is due and not made yet, counted up to <see cref="CountMax"/>.</param>
/// <param name="DueSince">Since when the one that waits longest is due.</param>
/// <param name="Unreadable">Kept deliveries that nothing could be read from, counted up to <see cref="CountMax"/>.</param>
/// <param name="HeldUntil">The provider said: not before. Null where it said nothing, or the time is over.</param>
/// <param name="PausedUntil">This node asks nothing until then, because the provider keeps failing.</param>
/// <param name="BudgetLeft">Requests that the tightest budget still allows; null where there is none.</param>
/// <param name="SeenAt">When this was so, by the clock that polls go by.</param>
internal sealed record ConnectionHealth(
    OpenConnection Connection,
    HeardDeliveries Heard,
    long Due,
    DateTimeOffset? DueSince,
    long Unreadable,
    DateTimeOffset? HeldUntil,
    DateTimeOffset? PausedUntil,
    int? BudgetLeft,
    DateTimeOffset SeenAt)
{
    internal const int CountMax = 1_000;

    private static readonly TimeSpan DueGrace = TimeSpan.FromSeconds(30);

    // Served by payouts_to_check, evidence_unreadable and the primary key of polling_gates.
    private const string Waiting = $"""
        select count(*), min(next_poll_at),
            (select count(*) from (select 1 from reconciler.evidence where connection = $1 and {UnreadableDeliveries.Unread} limit $3) as unread),
            (select not_before from reconciler.polling_gates where connection = $1)
        from (select next_poll_at from reconciler.payouts where connection = $1 and check_at <= $2 and next_poll_at <= $2 limit $3) as due
        """;

    internal string Key => Connection.Settings.Key.ToString();

    internal DateTimeOffset? LastDeliveryAt => Heard.LastAt;

    internal decimal? ShareVerified => Heard.ShareVerified;

    /// <summary>What a person should look at, in one sentence; null where all is well.</summary>
    internal string? Trouble => this switch
    {
        { Connection.IsPaused: true } => "It is paused by an operator: neither polled nor accepted.",
        { PausedUntil: not null } => "The provider keeps failing; it is not asked for a while.",
        { HeldUntil: not null } => "The provider told us to wait before we ask again.",
        { Connection.Settings.Webhook.Verifies: false } => "Nothing verifies its webhooks: they only make us ask.",
        { ShareVerified: < 0.5m } => "Most of its deliveries are not verified: look at the secret.",
        { DueSince: { } since } when SeenAt - since > DueGrace => "It is asked later than its schedule wants.",
        { BudgetLeft: 0 } => "The request budget is spent for now.",
        { Unreadable: > 0 } => "Some of what it sent could not be read.",
        _ => null,
    };

    internal static async Task<ConnectionHealth> OfAsync(
        OpenConnection connection, NpgsqlDataSource database, DeliveryTally tally, SilenceClock silence, DateTimeOffset now, CancellationToken cancellation)
    {
        var key = connection.Settings.Key;
        await using var session = await database.OpenConnectionAsync(cancellation);
        var at = silence.Now;
        var left = await RequestBudgets.LeftAsync(session, connection.Settings, at, cancellation);
        await using var batch = new NpgsqlBatch(session);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Waiting) { Parameters = { Text(key.ToString()), Instant(at), new NpgsqlParameter<int> { TypedValue = CountMax } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        await rows.ReadAsync(cancellation);
        var (due, dueSince, unreadable) = (rows.GetInt64(0), At(rows, 1), rows.GetInt64(2));
        var heldUntil = At(rows, 3);
        await rows.CloseAsync();
        return new ConnectionHealth(
            connection, await HeardDeliveries.OfAsync(database, tally, key, now, cancellation), due, dueSince, unreadable, heldUntil > at ? heldUntil : null,
            silence.ContextOf(key)?.Pipeline.OpenUntil, left, at);
    }

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<DateTimeOffset> Instant(DateTimeOffset value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
