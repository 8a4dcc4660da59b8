namespace Reconciler.Client.Tests.Feed;

public sealed class A_gap_in_the_feed
{
    [Fact]
    public async Task That_passes_is_read_again()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.Instead.Enqueue(http => feed.AnswerAsync(http, 0, 10));
        feed.Instead.Enqueue(http => feed.AnswerAsync(http, 11, 10));
        var troubles = new List<FeedTrouble>();

        (await new ChangeFeed(feed.Http, Reading.Hasty with { Trouble = troubles.Add }).TakeAsync(30)).ShouldBeDense(1, 30);

        troubles.ShouldHaveSingleItem().Fault.ShouldBeOfType<FeedGap>().ShouldSatisfyAllConditions(
            gap => gap.Expected.ShouldBe(11),
            gap => gap.Came.ShouldBe(12));
    }

    [Fact]
    public async Task That_stays_is_told_and_nothing_behind_it_is_given_out()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.Altered = change => change["position"] = (long)change["position"]! is var position && position > 15 ? position + 1 : position;
        var taken = new List<Change>();

        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, Reading.Hasty).ReadAsync(FeedPosition.Start)) taken.Add(change);
        };

        (await reading.ShouldThrowAsync<FeedGap>()).Expected.ShouldBe(16);
        taken.ShouldBeDense(1, 10);
    }

    [Fact]
    public async Task Is_also_an_end_that_lies_behind_the_last_change()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 0);
        for (var again = 0; again < 10; again++) feed.Instead.Enqueue(http => feed.AnswerAsync(http, 5, 0));

        await Should.ThrowAsync<FeedGap>(() => new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(1));
    }

    [Fact]
    public async Task Is_made_of_a_change_that_cannot_be_read_only_where_it_stands()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 10);
        feed.Altered = change =>
        {
            if ((long)change["position"]! == 8) change["amount"] = "much";
        };
        var taken = new List<Change>();

        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, Reading.Hasty).ReadAsync(FeedPosition.Start)) taken.Add(change);
        };

        await reading.ShouldThrowAsync<ChangeUnreadable>();
        taken.ShouldBeDense(1, 7);
    }
}
