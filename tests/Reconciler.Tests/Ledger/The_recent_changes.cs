using FsCheck;
using FsCheck.Fluent;
using Reconciler.Ledger;

namespace Reconciler.Tests.Ledger;

public sealed class The_recent_changes
{
    private static readonly Guid Epoch = Guid.CreateVersion7();

    [Fact]
    public void Are_given_without_a_hole_or_not_at_all_however_few_are_held()
    {
        var steps = Gen.Choose(0, 12).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Gen.Choose(1, 9).ToArbitrary(), Gen.Choose(1, 60).ToArbitrary(), steps.ToArbitrary(), (held, bytes, added) =>
        {
            var recent = new RecentChanges(held, bytes);
            recent.StartAfter(5, Epoch);
            foreach (var count in added)
            {
                recent.Add([.. Enumerable.Range(1, count).Select(step => Entry(recent.Last + step))]);
                for (var after = 0L; after <= recent.Last + 2; after++)
                {
                    var page = recent.Read(after, 4, FeedFilter.All);
                    if (page is null) continue;
                    page.Changes.Select(change => change.Position).ShouldBe(Enumerable.Range(1, page.Changes.Count).Select(step => after + step));
                    page.Changes.Count.ShouldBe((int)Math.Min(4, recent.Last - after));
                    page.Next.ShouldBe(after + page.Changes.Count);
                    page.Head.ShouldBe(recent.Last);
                }

                recent.Read(recent.Last, 4, FeedFilter.All).ShouldNotBeNull("Whoever has it all waits here.");
                recent.Read(recent.Last + 1, 4, FeedFilter.All).ShouldBeNull("Nothing is known of what lies beyond.");
                recent.Read(4, 4, FeedFilter.All).ShouldBeNull("What came before is in the table.");
            }
        }));
    }

    [Fact]
    public void Take_nothing_that_does_not_follow_and_know_nothing_of_a_history_that_they_were_not_told_of()
    {
        var recent = new RecentChanges(8, 1000);
        recent.Read(0, 4, FeedFilter.All).ShouldBeNull();
        recent.StartAfter(5, Epoch);

        Should.Throw<ArgumentException>(() => recent.Add([Entry(7)]));
        Should.Throw<ArgumentException>(() => recent.Add([Entry(5)]));
        recent.Last.ShouldBe(5);
    }

    [Fact]
    public void Move_a_reader_over_what_its_filter_leaves_out()
    {
        var recent = new RecentChanges(8, 1000);
        recent.StartAfter(0, Epoch);
        recent.Add([Entry(1), Entry(2, ChangeKind.DiscrepancyOpened), Entry(3)]);

        var page = recent.Read(0, 2, FeedFilter.Of(null, [ChangeKind.DiscrepancyClosed])).ShouldNotBeNull();

        (page.Changes.Count, page.Next).ShouldBe((0, 2));
    }

    private static FeedEntry Entry(long position, string kind = ChangeKind.StatusChanged) => new(position, "zopay-test/p", kind, new byte[7]);
}
