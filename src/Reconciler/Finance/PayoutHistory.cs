using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Streams;

namespace Reconciler.Finance;

/// <summary>Folds a payout's stream up to a time. The fold and the rules are the same that made the present.</summary>
internal sealed class PayoutHistory(NpgsqlDataSource database, EventReader events, Installation installation)
{
    /// <param name="validAt">Counts evidence of what had happened by then, by the provider's own time where it gives one.</param>
    /// <param name="knownAt">Counts what we had recorded by then.</param>
    /// <returns>Null where there was no such payout then.</returns>
    internal async Task<PayoutAnswer?> AtAsync(
        KeptPayout now, DateTimeOffset? validAt, DateTimeOffset? knownAt, CancellationToken cancellation)
    {
        var (id, provider) = (now.Payout.Id, now.Provider);
        Payout? payout = null;
        var version = 0L;
        await foreach (var stored in ReadAsync(id, cancellation))
        {
            // A stream's events are recorded in order, so that the first one too late ends it.
            if (stored.RecordedAt > knownAt) break;
            if (stored.Event is not PayoutEvent happened || HappenedAt(happened) > validAt) continue;
            payout = Payout.Evolve(payout, happened);
            version = stored.Version;
        }

        if (payout is null || payout.FirstSeenAt == DateTimeOffset.MaxValue) return null;
        var derived = Derivation.Derive(payout);
        return PayoutAnswer.Of(validAt is null ? payout : AsTheRulesSay(payout, derived), provider, derived, nextPollAt: null, version, now, installation);
    }

    private async IAsyncEnumerable<StoredEvent> ReadAsync(
        PayoutId id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        IReadOnlyList<StoredEvent> page = [];
        do
        {
            page = await events.ReadStreamAsync(connection, id.StreamId, page is [.., { } last] ? last.Version + 1 : 1, cancellation: cancellation);
            foreach (var stored in page) yield return stored;
        }
        while (page.Count == EventReader.PageMax);
    }

    private static DateTimeOffset HappenedAt(PayoutEvent happened) => happened switch
    {
        PayoutExpected expected => expected.Expectation.InitiatedAt is { } initiated && initiated < expected.ObservedAt ? initiated : expected.ObservedAt,
        WebhookReceived heard => heard.Observation.OccurredAt ?? heard.ObservedAt,
        PollAnswered answered => answered.Observation?.OccurredAt ?? answered.ObservedAt,
        PayoutStatusChanged changed => changed.OccurredAt,
        _ => happened.ObservedAt,
    };

    // What was derived from evidence that had not happened yet does not count: cases and the final moment follow from the evidence then.
    private static Payout AsTheRulesSay(Payout payout, Derived derived)
    {
        var found = Discrepancies.Of(payout, derived);
        return payout with
        {
            Cases = [.. found.Select(one => new Case(Guid.Empty, one.Kind, Open: true))],
            FinalAt = derived.Status.IsFinal() ? derived.OccurredAt ?? payout.FinalAt : null,
        };
    }
}
