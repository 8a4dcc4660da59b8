namespace Reconciler.Client.Tests.Feed;

public sealed class Reading_a_part_of_the_feed
{
    [Fact]
    public async Task Passes_over_the_rest_and_keeps_how_far_it_came()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 0);
        // Every 7th change is let through, and the feed has ended at 30.
        for (var request = 0; request < 3; request++) feed.Instead.Enqueue(http => feed.AnswerAsync(http, PlayedFeed.Long(http, "after"), 7, 30));
        var kept = new List<long>();
        using var enough = new CancellationTokenSource(Reading.Bound, TimeProvider.System);
        var options = Reading.Hasty with
        {
            PageSize = 3,
            Connections = ["zopay-test", "pawapay test"],
            Kinds = [ChangeKind.StatusChanged],
            Checkpoint = (at, _) =>
            {
                kept.Add(at.Position);
                if (at.Position == 30) enough.Cancel();
                return ValueTask.CompletedTask;
            },
        };
        var taken = new List<long>();

        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, options).ReadAsync(FeedPosition.Start, enough.Token)) taken.Add(change.Position);
        };

        await reading.ShouldThrowAsync<OperationCanceledException>();
        taken.ShouldBe([7, 14, 21, 28]);
        kept.ShouldBe([7, 14, 21, 28, 30]);
        feed.Requests.First().ShouldEndWith("&connection=zopay-test&connection=pawapay%20test&kind=payout.status_changed");
    }

    [Fact]
    public void Needs_something_that_is_let_through()
    {
        using var http = new HttpClient();
        http.BaseAddress = new Uri("http://127.0.0.1:9");
        Should.Throw<ArgumentException>(() => new ChangeFeed(http, new FeedOptions { Kinds = [] }));
    }
}
