using FsCheck;
using FsCheck.Fluent;
using Reconciler.Ledger.Subscriptions;

namespace Reconciler.Tests.Ledger.Subscriptions;

public sealed class Choosing_what_to_send
{
    private const int Runs = 200;
    private const int DeferredMax = 6;
    private const int WindowMax = 8;
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A random feed of few payouts, a subscriber that refuses at random, and crashes at random between two saves: in the end each change
    /// was accepted, and before a payout's change was sent each earlier one of it had been accepted.
    /// </summary>
    [Fact]
    public void Loses_nothing_and_keeps_each_payouts_order_whatever_is_refused_and_whenever_it_crashes() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Runs), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => new Story(new Random(seed)).Run()));

    [Fact]
    public void A_refused_change_holds_its_payout_and_nobody_else()
    {
        var changes = Taken("a", "b", "a", "b");
        Refuse(changes, Noon).ShouldBe(1);

        changes.Next(Noon, mayBeFresh: true)!.Position.ShouldBe(2);
        changes.Deferred.ShouldBe(2, "The other change of the payout waits with it.");
        changes.Cursor.ShouldBe(1);
        changes.NextDueAt().ShouldBe(Noon.AddSeconds(5));
        changes.Next(Noon.AddSeconds(5), mayBeFresh: false)!.Position.ShouldBe(1);
    }

    [Fact]
    public void When_there_is_no_room_for_a_refusal_nothing_new_is_sent()
    {
        var changes = new PendingChanges(deferredMax: 2, readTo: 0);
        for (var at = 1; at <= 4; at++) changes.Take(new PendingChange(at, $"p{at}"));
        changes.HasRead(4);
        Refuse(changes, Noon);
        Refuse(changes, Noon);

        changes.Next(Noon, mayBeFresh: true).ShouldBeNull();
        changes.Cursor.ShouldBe(2, "The third one was not tried.");
        var retried = changes.Next(Noon.AddSeconds(5), mayBeFresh: true)!;
        changes.Started(retried);
        changes.Accepted(retried);
        changes.Next(Noon, mayBeFresh: true)!.Position.ShouldBe(3);
    }

    [Fact]
    public void A_time_that_a_wrong_clock_wrote_is_not_waited_for()
    {
        var changes = Taken("a");
        var first = changes.Next(Noon, mayBeFresh: true)!;
        changes.Started(first);
        changes.Refused(first, Noon.AddYears(30), TimeSpan.FromSeconds(5), AttemptOutcome.Refused, 500);

        changes.Next(Noon, mayBeFresh: true).ShouldBe(first);
    }

    private static long Refuse(PendingChanges changes, DateTimeOffset now)
    {
        var next = changes.Next(now, mayBeFresh: true)!;
        changes.Started(next);
        changes.Refused(next, now, TimeSpan.FromSeconds(5), AttemptOutcome.Refused, 500);
        return next.Position;
    }

    private static PendingChanges Taken(params string[] payouts)
    {
        var changes = new PendingChanges(DeferredMax, 0);
        for (var at = 0; at < payouts.Length; at++) changes.Take(new PendingChange(at + 1, payouts[at]));
        changes.HasRead(payouts.Length);
        return changes;
    }

    private sealed class Story(Random chance)
    {
        private readonly string[] feed = [.. Enumerable.Range(0, 60).Select(_ => $"p{chance.Next(12)}")];
        private readonly HashSet<long> accepted = [];
        private readonly Dictionary<long, PendingChange> rows = [];
        private long savedCursor;
        private DateTimeOffset now = Noon;

        public bool Run()
        {
            for (var lives = 0; accepted.Count < feed.Length || rows.Count > 0 || savedCursor < feed.Length; lives++) Live(refuses: lives < 20);
            return true;
        }

        private void Live(bool refuses)
        {
            var changes = new PendingChanges(DeferredMax, savedCursor);
            foreach (var (position, row) in rows.OrderBy(row => row.Key))
                changes.Load(new PendingChange(position, row.StreamId) { Attempts = row.Attempts, FirstAttemptAt = row.FirstAttemptAt, NextAttemptAt = row.NextAttemptAt });
            var underWay = new List<PendingChange>();
            var steps = refuses ? chance.Next(1, 60) : 1000;
            for (var step = 0; step < steps && (refuses || savedCursor < feed.Length || rows.Count > 0); step++)
            {
                for (; changes.Fresh < WindowMax && changes.ReadTo < feed.Length; changes.HasRead(changes.ReadTo + 1))
                    changes.Take(new PendingChange(changes.ReadTo + 1, feed[changes.ReadTo]));
                while (underWay.Count < 3 && changes.Next(now, mayBeFresh: true) is { } next)
                {
                    if (!Earlier(next).All(accepted.Contains) || underWay.Exists(other => other.StreamId == next.StreamId))
                        throw new InvalidOperationException($"{next.Position} is sent before its turn.");
                    changes.Started(next);
                    underWay.Add(next);
                }

                if (underWay.Count > 0) Finish(changes, underWay, refuses);
                now += TimeSpan.FromSeconds(chance.Next(8));
                if (changes.Deferred > DeferredMax) throw new InvalidOperationException("More are deferred than may be.");
                if (chance.Next(3) == 0) Save(changes);
            }

            Save(changes, isLast: !refuses);
        }

        private void Finish(PendingChanges changes, List<PendingChange> underWay, bool refuses)
        {
            var one = underWay[chance.Next(underWay.Count)];
            underWay.Remove(one);
            if (refuses && chance.Next(2) == 0)
            {
                changes.Refused(one, now, TimeSpan.FromSeconds(chance.Next(1, 20)), AttemptOutcome.Refused, 500);
                return;
            }

            accepted.Add(one.Position);
            changes.Accepted(one);
        }

        // A life that ends without it has crashed.
        private void Save(PendingChanges changes, bool isLast = true)
        {
            if (!isLast) return;
            foreach (var position in changes.Settled) rows.Remove(position);
            foreach (var change in changes.Unsaved) rows[change.Position] = change;
            for (var position = savedCursor + 1; position <= changes.Cursor; position++)
                if (!accepted.Contains(position) && !rows.ContainsKey(position)) throw new InvalidOperationException($"The cursor passed {position}, which is nowhere.");
            savedCursor = changes.Cursor;
            changes.Saved(changes.Cursor);
        }

        private IEnumerable<long> Earlier(PendingChange change)
        {
            for (var position = 1L; position < change.Position; position++)
                if (feed[position - 1] == change.StreamId) yield return position;
        }
    }
}
