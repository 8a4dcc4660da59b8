using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Polling;

/// <param name="Requests">How many may be made now.</param>
/// <param name="NotBefore">When none may: when to look again.</param>
internal sealed record Grant(int Requests, DateTimeOffset? NotBefore);

/// <summary>
/// What a provider allows, kept by all nodes together. Requests are counted in small buckets, and a bucket counts until its last instant
/// has left the span: the budget holds in every span, not only from one full minute to the next.
/// </summary>
internal static class RequestBudgets
{
    private static readonly TimeSpan BucketMin = TimeSpan.FromSeconds(1);

    // A request reaches the provider a little after it was charged, and the provider counts by its own clock.
    private static readonly TimeSpan OnItsWayMax = TimeSpan.FromSeconds(1);
    private const int BucketsPerSpanMax = 3600;

    // The gate's row lock makes the nodes take turns; it is held until the claim commits.
    private const string Gate = """
        insert into reconciler.polling_gates (connection) values ($1) on conflict (connection) do update set connection = excluded.connection
        returning not_before
        """;

    // Served by the primary key.
    private const string Used = """
        select coalesce(sum(requests), 0)::bigint, min(bucket_at) from reconciler.polling_usage where connection = $1 and bucket_at > $2
        """;

    private const string Charge = """
        insert into reconciler.polling_usage as usage (connection, bucket_at, requests) values ($1, $2, $3)
        on conflict (connection, bucket_at) do update set requests = usage.requests + excluded.requests
        """;

    private const string Forget = "delete from reconciler.polling_usage where connection = $1 and bucket_at < $2";

    private const string HoldUntil = """
        insert into reconciler.polling_gates as gate (connection, not_before) values ($1, $2)
        on conflict (connection) do update set not_before = greatest(gate.not_before, excluded.not_before)
        """;

    /// <summary>How many of <paramref name="wanted"/> requests may be made now. Holds the connection's gate until the transaction ends.</summary>
    internal static async Task<Grant> GrantAsync(
        NpgsqlConnection session, ConnectionSettings settings, int wanted, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var gate = new NpgsqlCommand(Gate, session) { Parameters = { Key(settings) } };
        if (await gate.ExecuteScalarAsync(cancellation) is DateTime notBefore && new DateTimeOffset(notBefore) > now)
            return new Grant(0, new DateTimeOffset(notBefore));

        var allowed = wanted;
        DateTimeOffset? until = null;
        foreach (var budget in settings.Polling.Budget)
        {
            var (used, since) = await UsedAsync(session, settings, budget, now, cancellation);
            var left = (int)Math.Max(0, budget.Requests - used);
            if (left == 0) until = Later(until, since!.Value + Span(settings, budget));
            allowed = Math.Min(allowed, left);
        }

        return new Grant(allowed, allowed == 0 ? until : null);
    }

    /// <summary>What the tightest budget still allows now; null where there is no budget. Takes no lock: for watching, not for asking.</summary>
    internal static async Task<int?> LeftAsync(
        NpgsqlConnection session, ConnectionSettings settings, DateTimeOffset now, CancellationToken cancellation)
    {
        int? left = null;
        foreach (var budget in settings.Polling.Budget)
        {
            var (used, _) = await UsedAsync(session, settings, budget, now, cancellation);
            var leftOfThis = (int)Math.Max(0, budget.Requests - used);
            left = left < leftOfThis ? left : leftOfThis;
        }

        return left;
    }

    private static async Task<(long Requests, DateTimeOffset? Since)> UsedAsync(
        NpgsqlConnection session, ConnectionSettings settings, RequestBudget budget, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var used = new NpgsqlCommand(Used, session) { Parameters = { Key(settings), Instant(now - Span(settings, budget)) } };
        await using var row = await used.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1));
    }

    /// <summary>Counts requests as made, in the transaction that granted them.</summary>
    internal static async Task ChargeAsync(
        NpgsqlConnection session, ConnectionSettings settings, int requests, DateTimeOffset now, CancellationToken cancellation)
    {
        if (requests == 0 || settings.Polling.Budget.IsEmpty) return;
        var bucket = Bucket(settings);
        var bucketAt = now.AddTicks(-(now.Ticks % bucket.Ticks));
        var longest = settings.Polling.Budget.Max(budget => budget.Per);
        await using var charge = new NpgsqlBatch(session);
        charge.BatchCommands.Add(new NpgsqlBatchCommand(Charge)
        {
            Parameters = { Key(settings), Instant(bucketAt), new NpgsqlParameter<int> { TypedValue = requests } },
        });
        charge.BatchCommands.Add(new NpgsqlBatchCommand(Forget) { Parameters = { Key(settings), Instant(now - longest - bucket - bucket - OnItsWayMax) } });
        await charge.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>One more request beside the claimed ones (a retry): whether it may be made.</summary>
    internal static async Task<bool> TryTakeOneAsync(
        NpgsqlDataSource database, ConnectionSettings settings, DateTimeOffset now, CancellationToken cancellation) =>
        (await TakeOneAsync(database, settings, now, cancellation)).Requests == 1;

    /// <summary>One request beside the claimed ones: charged when it is granted.</summary>
    internal static async Task<Grant> TakeOneAsync(
        NpgsqlDataSource database, ConnectionSettings settings, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var session = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        var granted = await GrantAsync(session, settings, 1, now, cancellation);
        await ChargeAsync(session, settings, granted.Requests, now, cancellation);
        await transaction.CommitAsync(cancellation);
        return granted;
    }

    /// <summary>The provider said: not before. All nodes obey.</summary>
    internal static async Task HoldUntilAsync(
        NpgsqlDataSource database, ConnectionKey connection, DateTimeOffset until, CancellationToken cancellation)
    {
        await using var hold = database.CreateCommand(HoldUntil);
        hold.Parameters.Add(new NpgsqlParameter<string> { TypedValue = connection.ToString() });
        hold.Parameters.Add(Instant(until));
        await hold.ExecuteNonQueryAsync(cancellation);
    }

    private static TimeSpan Span(ConnectionSettings settings, RequestBudget budget) => budget.Per + Bucket(settings) + OnItsWayMax;

    private static TimeSpan Bucket(ConnectionSettings settings)
    {
        var share = settings.Polling.Budget.Max(budget => budget.Per) / BucketsPerSpanMax;
        return share > BucketMin ? TimeSpan.FromTicks(share.Ticks - (share.Ticks % TimeSpan.TicksPerSecond)) : BucketMin;
    }

    private static DateTimeOffset Later(DateTimeOffset? left, DateTimeOffset right) => left > right ? left.Value : right;

    private static NpgsqlParameter<string> Key(ConnectionSettings settings) => new() { TypedValue = settings.Key.ToString() };

    private static NpgsqlParameter<DateTimeOffset> Instant(DateTimeOffset value) =>
        new() { TypedValue = value.ToMicrosecond(), NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
