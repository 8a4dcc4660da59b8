using System.Collections.Frozen;
using System.Collections.Immutable;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What came for one connection over all nodes, as it was counted.</summary>
/// <param name="FirstAt">Of all times; null as long as none came.</param>
/// <param name="LastAt">Null as long as none came.</param>
/// <param name="Recent">By verdict, of today and yesterday by UTC, the most frequent first.</param>
/// <param name="Verifiers">By the last use, the latest first.</param>
internal sealed record HeardDeliveries(
    DateTimeOffset? FirstAt, DateTimeOffset? LastAt, ImmutableArray<VerdictCount> Recent, ImmutableArray<VerifierUse> Verifiers)
{
    private const int RecentDays = 2;

    private static readonly FrozenSet<string> Verified = FrozenSet.Create("verified", "duplicate", "unreadable", "ignored");

    // Not the delivery's fault: it comes again, and is counted then.
    private static readonly FrozenSet<string> Undecided = FrozenSet.Create("unavailable", "paused", RefusalReason.KeysUnavailable.Word());

    // Served by the primary keys.
    private const string Tallies = """
        select verdict, coalesce(sum(deliveries) filter (where day > $2), 0)::bigint, min(first_at), max(last_at)
        from reconciler.delivery_tallies where connection = $1 group by verdict order by 2 desc, 1
        """;

    /// <summary>Of the recent ones, those that were answered 401 or 413.</summary>
    public long Refused => Recent
        .Where(one => !Verified.Contains(one.Verdict) && !Undecided.Contains(one.Verdict) && !one.Verdict.StartsWith("nudge", StringComparison.Ordinal))
        .Sum(one => one.Deliveries);

    /// <summary>0 to 1, to four places, of the recent ones; null where there are none.</summary>
    public decimal? ShareVerified
    {
        get
        {
            var decided = Recent.Where(one => !Undecided.Contains(one.Verdict)).ToList();
            var all = decided.Sum(one => one.Deliveries);
            return all == 0 ? null : Math.Round((decimal)decided.Where(one => Verified.Contains(one.Verdict)).Sum(one => one.Deliveries) / all, 4);
        }
    }

    public static async Task<HeardDeliveries> OfAsync(
        NpgsqlDataSource database, DeliveryTally tally, ConnectionKey key, DateTimeOffset now, CancellationToken cancellation)
    {
        await tally.WriteAsync(cancellation);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Tallies)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = key.ToString() },
                new NpgsqlParameter { Value = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-RecentDays), NpgsqlDbType = NpgsqlDbType.Date },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ConnectionStore.Verifiers) { Parameters = { new NpgsqlParameter { Value = key.ToString() } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var (recent, verifiers) = (ImmutableArray.CreateBuilder<VerdictCount>(), ImmutableArray.CreateBuilder<VerifierUse>());
        DateTimeOffset? first = null, last = null;
        while (await rows.ReadAsync(cancellation))
        {
            var one = new VerdictCount(rows.GetString(0), rows.GetInt64(1), rows.GetFieldValue<DateTimeOffset>(3));
            var since = rows.GetFieldValue<DateTimeOffset>(2);
            if (one.Verdict != "paused") (first, last) = (first < since ? first : since, last > one.LastAt ? last : one.LastAt);
            if (one.Deliveries > 0) recent.Add(one);
        }

        await rows.NextResultAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) verifiers.Add(new(rows.GetString(0), rows.GetInt64(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return new HeardDeliveries(first, last, recent.ToImmutable(), verifiers.ToImmutable());
    }
}

/// <param name="Verdict">What became of them, like <c>verified</c> or <c>wrong_signature</c>.</param>
public sealed record VerdictCount(string Verdict, long Deliveries, DateTimeOffset LastAt)
{
    /// <summary>What a person should look at; null where nothing is wrong.</summary>
    public string? Says => DeliveryVerdicts.Says(Verdict);
}

/// <param name="Verifier">The id of a secret or key.</param>
public sealed record VerifierUse(string Verifier, long Deliveries, DateTimeOffset LastUsedAt);
