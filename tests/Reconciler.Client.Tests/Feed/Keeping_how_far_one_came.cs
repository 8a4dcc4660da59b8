namespace Reconciler.Client.Tests.Feed;

public sealed class Keeping_how_far_one_came
{
    [Fact]
    public async Task Waits_until_a_change_was_taken()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 25);
        var kept = FeedPosition.Start;
        var options = Reading.Hasty with { Checkpoint = (at, _) => { kept = at; return ValueTask.CompletedTask; } };

        await foreach (var change in new ChangeFeed(feed.Http, options).ReadAsync(FeedPosition.Start))
        {
            kept.Position.ShouldBe(change.Position - 1);
            if (change.Position == 25) break;
        }

        // Whoever stops in the middle of a change has not taken it.
        kept.ShouldBe(new FeedPosition(24, feed.Epoch));
        (await new ChangeFeed(feed.Http, options).TakeAsync(1, kept)).ShouldBeDense(25, 1);
    }

    [Fact]
    public async Task Goes_page_by_page_where_pages_are_read()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 25);
        var kept = new List<long>();
        var options = Reading.Hasty with { Checkpoint = (at, _) => { kept.Add(at.Position); return ValueTask.CompletedTask; } };
        using var enough = new CancellationTokenSource(Reading.Bound, TimeProvider.System);

        var reading = async () =>
        {
            await foreach (var page in new ChangeFeed(feed.Http, options).ReadPagesAsync(FeedPosition.Start, enough.Token))
            {
                page.Changes.ShouldNotBeEmpty();
                page.Changes[^1].At.ShouldBe(page.Next);
                if (page.Next.Position == 25) await enough.CancelAsync();
            }
        };

        await reading.ShouldThrowAsync<OperationCanceledException>();
        kept.ShouldBe([10, 20, 25]);
    }

    [Fact]
    public async Task Does_not_happen_for_a_change_whose_booking_failed()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 5);
        var kept = FeedPosition.Start;
        var options = Reading.Hasty with { Checkpoint = (at, _) => { kept = at; return ValueTask.CompletedTask; } };

        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, options).ReadAsync(FeedPosition.Start))
                if (change.Position == 3) throw new InvalidOperationException("The books are away.");
        };

        await reading.ShouldThrowAsync<InvalidOperationException>();
        kept.Position.ShouldBe(2);
    }

    [Fact]
    public async Task Is_not_needed_to_look_once()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 5);
        var page = await new ChangeFeed(feed.Http, Reading.Hasty with { PageSize = 3 }).ReadPageAsync(new FeedPosition(1, feed.Epoch));

        page.Changes.ShouldBeDense(2, 3);
        page.Next.ShouldBe(new FeedPosition(4, feed.Epoch));
    }
}
