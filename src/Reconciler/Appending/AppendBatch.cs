using System.Diagnostics;
using Npgsql;
using Reconciler.Core;
using Reconciler.Ledger;
using Reconciler.Personal;
using Reconciler.Streams;
using Reconciler.Telemetry;

namespace Reconciler.Appending;

/// <summary>One transaction: two round trips with the pure rules between them; one where the lane remembers all that the first would read.</summary>
/// <param name="now">When it is recorded, by this node's clock.</param>
/// <param name="sharedNow">By the clock that all nodes share, which polls go by.</param>
/// <param name="memory">What to go by instead of reading; null: everything is read.</param>
internal sealed class AppendBatch(
    NpgsqlConnection connection, EventAppender appender, PersonalBox personal, Append[] items, DateTimeOffset now, DateTimeOffset sharedNow,
    CaseDeadlines deadlines, LaneMemory? memory)
{
    private readonly EvidenceRows evidence = new(items.Select(EvidenceOf).OfType<Evidence>(), personal);
    private readonly ReadAgainRows readAgain = new(items.OfType<ReadAgain>().Select(item => item.Evidence), personal);
    private readonly PayoutRows payouts = new(items.Select(item => item.Payout).OfType<PayoutId>());
    private readonly Appended[] answers = new Appended[items.Length];
    private bool hasBegun;

    /// <summary>The payouts that it wrote, once it has committed.</summary>
    internal List<PayoutRow> Kept { get; private set; } = [];

    /// <summary>Whether readers of the feed were told with it; null where there was nothing to tell.</summary>
    internal Telling? Telling { get; private set; }

    /// <summary>What stands in the database exactly if this committed.</summary>
    internal CommitMarker Marker { get; private set; } = new CommitMarker.Nothing();

    /// <summary>First round trip: begin, keep the bytes, lock and read the payouts. By memory, it locks and reads those that are not remembered.</summary>
    internal async Task LoadAsync(CancellationToken cancellation)
    {
        if (memory is not null)
        {
            evidence.TakeForNew();
            payouts.Recall(memory);
            if (payouts.AreRead) return;
        }

        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        if (memory is null) evidence.AddTo(batch);
        readAgain.AddTo(batch);
        payouts.AddLockTo(batch);
        hasBegun = true;
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (memory is null) await evidence.ReadAsync(reader, cancellation);
        await readAgain.ReadAsync(reader, cancellation);
        await payouts.ReadAsync(reader, cancellation);
    }

    /// <summary>Folds every item into its payout, in the order of arrival.</summary>
    /// <returns>False where memory does not suffice to write what came of it.</returns>
    internal bool TryDecide()
    {
        for (var at = 0; at < items.Length; at++) answers[at] = Decide(items[at]);
        return !payouts.MustBeRead;
    }

    /// <summary>Nothing was written yet, so that nothing is lost.</summary>
    internal async Task GiveUpAsync(CancellationToken cancellation)
    {
        if (!hasBegun) return;
        await using var end = new NpgsqlCommand("ROLLBACK", connection);
        await end.ExecuteNonQueryAsync(cancellation);
    }

    private Appended Decide(Append item)
    {
        switch (item)
        {
            case KeepDelivery { Received: null } kept:
                return new Appended(evidence.IsFirst(kept.Evidence) ? AppendOutcome.Appended : AppendOutcome.Duplicate, null, 0);
            case KeepDelivery { Received: { Verified: false } nudge } when payouts[nudge.Payout].Payout is null:
                return Unchanged(AppendOutcome.AlreadySo, nudge.Payout);
            case KeepDelivery { Received: { } received } kept:
                return evidence.IsFirst(kept.Evidence)
                    ? Apply(received, kept.Evidence.Provider, kept.Policy, item)
                    : Unchanged(AppendOutcome.Duplicate, received.Payout);
            case ReadAgain { Received: var received } again:
                return readAgain.IsFirst(again.Evidence)
                    ? Apply(received, again.Evidence.Provider, again.Policy, item)
                    : Unchanged(AppendOutcome.AlreadySo, received.Payout);
            case KeepAnswer { Answered: var answered } kept:
                var asked = payouts[answered.Payout].Payout;
                var pastGrace = asked is not null && answered.ObservedAt - asked.StartedAt >= kept.Policy.NotFoundGrace;
                return asked is null
                    ? Unchanged(AppendOutcome.AlreadySo, answered.Payout)
                    : Apply(answered with { PastGrace = pastGrace }, kept.Evidence.Provider, kept.Policy, item);
            case Announce { Expected: var expected } announced:
                if (payouts[expected.Payout].Payout?.Expected is { } known)
                    return Unchanged(SaysTheSame(known, announced) ? AppendOutcome.AlreadySo : AppendOutcome.Conflict, expected.Payout);
                if (announced.Metadata is { } metadata) payouts[expected.Payout].TakeSalt(metadata.Salt);
                return Apply(expected, announced.Provider, announced.Policy, item);
            case NoteOverdue overdue:
                var row = payouts[overdue.Id];
                return row.Payout is { OverdueAt: null } waiting && waiting.Status?.IsFinal() != true
                    ? Apply(Decisions.Overdue(waiting, overdue.At), overdue.Provider, overdue.Policy, item)
                    : Unchanged(AppendOutcome.AlreadySo, overdue.Id);
            case KeepWord spoken:
                if (payouts[spoken.Id].Payout is not { } judging) return Refused(spoken, ResolutionRefusal.CaseClosed);
                var judged = Resolving.Judge(judging, spoken.Word);
                return judged.Event is { } counted
                    ? Apply(counted, spoken.Provider, spoken.Policy, item)
                    : Refused(spoken, judged.Refusal);
            default:
                throw new UnreachableException(item.GetType().Name);
        }
    }

    private Appended Apply(PayoutEvent happened, Provider provider, PollingPolicy policy, Append item)
    {
        var row = payouts[happened.Payout];
        row.Apply(happened, provider, policy, sharedNow, item.TraceId);
        return new Appended(AppendOutcome.Appended, row.Payout, row.Version, row.NextPollAt);
    }

    private bool SaysTheSame(Expectation known, Announce announced) =>
        (known with { Metadata = null }).SaysTheSameAs(announced.Expected.Expectation)
        && AnnouncedMetadata.IsSame(() => personal, payouts[announced.Expected.Payout].DataSalt, announced.Expected.Payout, known, announced.Metadata);

    private Appended Refused(KeepWord spoken, ResolutionRefusal? why) => Unchanged(AppendOutcome.Refused, spoken.Id) with { Refusal = why };

    private Appended Unchanged(AppendOutcome outcome, PayoutId id) => new(outcome, payouts[id].Payout, payouts[id].Version);

    /// <summary>Second round trip: read model, streams, events, cases, and last the feed, whose counter row is locked until commit.</summary>
    /// <param name="readersCanWait">Readers of the feed may be told a moment later.</param>
    internal async Task StoreAsync(FeedTelling readers, bool readersCanWait, CancellationToken cancellation)
    {
        var changed = payouts.Changed();
        Marker = changed.Count > 0
            ? new CommitMarker.Event(changed[0].Id.StreamId, changed[0].StoredVersion + 1, changed[0].Events[0].Id)
            : evidence.FirstNew is { } kept ? new CommitMarker.Bytes(kept.Connection, kept.Digest) : new CommitMarker.Nothing();
        await using var batch = new NpgsqlBatch(connection);
        if (!hasBegun) batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        if (memory is not null) evidence.AddNewTo(batch);
        var first = batch.BatchCommands.Count;
        var summary = appender.AddTo(batch, changed.ConvertAll(Stream), now);
        for (var at = 0; at < changed.Count; at++) changed[at].ChainEnd = summary.Ends?[at];
        PayoutWrites.AddTo(batch, changed, first);
        SaltRows.AddTo(batch, changed);
        evidence.AddErasureTo(batch, payouts, now);
        readAgain.AddErasureTo(batch, payouts, now);
        DiscrepancyRows.AddTo(batch, changed, deadlines);
        ProposalRows.AddTo(batch, changed);
        AmendmentRows.AddTo(batch, changed, now);
        if (ChangeRows.AddTo(batch, changed, now)) Telling = readers.Begin(readersCanWait);
        if (Telling is { IsNow: true }) batch.BatchCommands.Add(new NpgsqlBatchCommand(ChangeRows.Tell));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync(cancellation);
        Kept = changed;
        Measures.NulsStripped.Add(summary.NulsStripped);
        foreach (var row in changed) Measures.Committed(row.Id.Connection, row.Events);
    }

    internal void Answer(Activity? span, TimeProvider clock)
    {
        for (var at = 0; at < items.Length; at++)
        {
            var item = items[at];
            if (span is not null && item.Payout is { } payout && answers[at].Outcome == AppendOutcome.Appended)
                AppendTraces.Committed(item, span, payouts[payout].Events, clock.GetUtcNow() - clock.GetElapsedTime(item.EnqueuedAt));
            item.Answer(answers[at]);
        }
    }

    private static StreamAppend Stream(PayoutRow row) => new(
        row.Id.StreamId,
        row.StoredVersion,
        row.Events.ConvertAll(added => new EventToAppend(added.Id, added.Event, CorrelationId: added.TraceId)),
        row.StoredEnd);

    private static Evidence? EvidenceOf(Append item) => item switch
    {
        KeepDelivery kept => kept.Evidence,
        KeepAnswer kept => kept.Evidence,
        _ => null,
    };
}
