using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Reconciler.Client.Tests.Feed;

public sealed class Reading_a_stream
{
    private static readonly FeedOptions Streaming = Reading.Hasty with { Transport = FeedTransport.Stream };

    [Fact]
    public async Task Goes_on_behind_the_last_change_where_it_was_cut()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.InsteadOfStream.Enqueue(http => feed.StreamAsync(http, 0, 7));
        feed.InsteadOfStream.Enqueue(async http =>
        {
            await feed.StreamAsync(http, PlayedFeed.LastEvent(http), 12);
            // An event that broke off tells nothing, though its id came.
            await http.Response.WriteAsync("id: 13\nevent: payout.status_changed\ndata: {\"posit");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });

        (await new ChangeFeed(feed.Http, Streaming).TakeAsync(30)).ShouldBeDense(1, 30);

        feed.StreamsAsked.Take(2).ShouldBe(["0", "7"]);
        // What a cut connection still held is lost, whole events of it too.
        long.Parse(feed.StreamsAsked.ElementAt(2), CultureInfo.InvariantCulture).ShouldBeInRange(7, 12);
        feed.Requests.ShouldBeEmpty("It was never refused, so it never pulled.");
    }

    [Theory]
    [InlineData(404, "text/html")]
    [InlineData(503, "application/problem+json")]
    [InlineData(200, "text/html")]
    public async Task Becomes_pulling_where_it_is_refused(int status, string type)
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.InsteadOfStream.Enqueue(http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            return http.Response.WriteAsync("No.");
        });

        (await new ChangeFeed(feed.Http, Streaming).TakeAsync(30)).ShouldBeDense(1, 30);

        feed.StreamsAsked.Count.ShouldBe(1);
        feed.Requests.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Becomes_pulling_where_it_is_withheld(bool headersCome)
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.InsteadOfStream.Enqueue(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            if (headersCome) await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });

        (await new ChangeFeed(feed.Http, Streaming with { Patience = TimeSpan.FromMilliseconds(300) }).TakeAsync(30)).ShouldBeDense(1, 30);

        feed.StreamsAsked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Comes_back_where_it_has_fallen_silent()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.InsteadOfStream.Enqueue(http => feed.StreamAsync(http, 0, 7, keeping: true));
        var troubles = new List<FeedTrouble>();

        var options = Streaming with { Patience = TimeSpan.FromMilliseconds(500), Trouble = troubles.Add };
        (await new ChangeFeed(feed.Http, options).TakeAsync(30)).ShouldBeDense(1, 30);

        troubles[0].Fault.ShouldBeOfType<TimeoutException>();
        feed.StreamsAsked.ShouldContain("7");
    }

    [Fact]
    public async Task Gives_out_nothing_behind_a_gap()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        feed.InsteadOfStream.Enqueue(async http =>
        {
            await feed.StreamAsync(http, 0, 7);
            await feed.StreamAsync(http, 8, 20);
        });
        (await new ChangeFeed(feed.Http, Streaming).TakeAsync(30)).ShouldBeDense(1, 30);

        feed.Altered = change => change["position"] = (long)change["position"]! is var position && position > 15 ? position + 1 : position;
        var taken = new List<Change>();
        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, Streaming).ReadAsync(FeedPosition.Start)) taken.Add(change);
        };
        (await reading.ShouldThrowAsync<FeedGap>()).Expected.ShouldBe(16);
        taken.Select(change => change.Position).ShouldBe(Enumerable.Range(1, taken.Count).Select(position => (long)position));
        taken.Count.ShouldBeLessThanOrEqualTo(15);
    }

    [Fact]
    public async Task Stops_before_a_change_that_cannot_be_read()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 10);
        feed.Altered = change =>
        {
            if ((long)change["position"]! == 8) change["statusVersion"] = "many";
        };
        var taken = new List<Change>();
        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, Streaming).ReadAsync(FeedPosition.Start)) taken.Add(change);
        };

        await reading.ShouldThrowAsync<ChangeUnreadable>();
        taken.ShouldBeDense(1, 7);
    }

    [Fact]
    public async Task Is_refused_for_another_history()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 10);
        var read = await new ChangeFeed(feed.Http, Streaming).TakeAsync(3);
        read[2].At.ShouldBe(new FeedPosition(3, feed.Epoch));
        feed.Epoch = Guid.CreateVersion7();

        await Should.ThrowAsync<FeedHistoryChanged>(() => new ChangeFeed(feed.Http, Streaming).TakeAsync(1, read[2].At));
    }

    [Fact]
    public async Task Passes_over_events_of_other_kinds_that_are_no_changes()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 3);
        feed.InsteadOfStream.Enqueue(async http =>
        {
            await feed.StreamAsync(http, 0, 1);
            await http.Response.WriteAsync("event: notice\ndata: {\"text\":\"Maintenance at noon\"}\n\n");
            await feed.StreamAsync(http, 1, 3);
        });

        (await new ChangeFeed(feed.Http, Streaming).TakeAsync(3)).ShouldBeDense(1, 3);

        feed.StreamsAsked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ends_at_once_when_it_is_cancelled()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 3);
        feed.InsteadOfStream.Enqueue(http => feed.StreamAsync(http, 0, 3, keeping: true));
        using var enough = new CancellationTokenSource();
        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, Streaming).ReadAsync(FeedPosition.Start, enough.Token))
                if (change.Position == 3) enough.CancelAfter(TimeSpan.FromMilliseconds(200));
        };

        await reading().WaitAsync(Reading.Bound, TimeProvider.System).ShouldThrowAsync<OperationCanceledException>();
    }
}
