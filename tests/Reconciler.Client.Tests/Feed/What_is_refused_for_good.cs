using Microsoft.AspNetCore.Http;

namespace Reconciler.Client.Tests.Feed;

public sealed class What_is_refused_for_good
{
    [Theory]
    [InlineData(401, "not-authenticated")]
    [InlineData(403, "scope-missing")]
    [InlineData(404, "route-unknown")]
    [InlineData(422, "invalid")]
    public async Task Is_thrown_at_once_with_what_the_service_says(int status, string type)
    {
        await using var feed = await PlayedFeed.StartAsync(head: 1);
        feed.Instead.Enqueue(http => PlayedFeed.ProblemAsync(http, status, type));

        var refused = await Should.ThrowAsync<ReconcilerProblem>(() => new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(1));

        refused.Problem.Type.ShouldBe("urn:reconciler:problem:" + type);
        refused.Problem.Status.ShouldBe(status);
        refused.Message.ShouldContain("What to do.");
        refused.MayPass.ShouldBeFalse();
        feed.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Is_another_history_whether_the_service_says_so_or_not()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 3);
        var read = await new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(2);
        read[1].At.ShouldBe(new FeedPosition(2, feed.Epoch));

        feed.Epoch = Guid.CreateVersion7();
        await Should.ThrowAsync<FeedHistoryChanged>(() => new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(1, read[1].At));

        feed.Instead.Enqueue(http => PlayedFeed.ProblemAsync(http, 409, "feed-epoch-changed"));
        await Should.ThrowAsync<FeedHistoryChanged>(() => new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(1));
        feed.Instead.Enqueue(http => PlayedFeed.ProblemAsync(http, 409, "feed-position-ahead"));
        await Should.ThrowAsync<PositionBeyondHead>(() => new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(1));
    }

    [Theory]
    [InlineData("40", 40L)]
    [InlineData("null", null)]
    public async Task Names_where_the_histories_part_where_the_service_knows(string agreesUpTo, long? goOnAfter)
    {
        await using var feed = await PlayedFeed.StartAsync(head: 3);
        feed.Instead.Enqueue(http =>
        {
            http.Response.StatusCode = 409;
            return http.Response.WriteAsync($$$"""
                {"type":"urn:reconciler:problem:feed-epoch-changed","title":"Another history","status":409,
                 "feed":{"epoch":"{{{feed.Epoch}}}","head":50,"agreesUpTo":{{{agreesUpTo}}},"goOnAfter":{{{agreesUpTo}}}}}
                """);
        });

        var changed = await Should.ThrowAsync<FeedHistoryChanged>(() => new ChangeFeed(feed.Http, Reading.Hasty).TakeAsync(1, new FeedPosition(45, Guid.CreateVersion7())));

        changed.Standing.ShouldBe(new FeedStanding(feed.Epoch, 50, goOnAfter, goOnAfter is { } after ? new FeedPosition(after, feed.Epoch) : null));
    }

    [Fact]
    public async Task Is_another_history_in_the_middle_of_a_read()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 30);
        var taken = 0;

        var reading = async () =>
        {
            await foreach (var change in new ChangeFeed(feed.Http, Reading.Hasty).ReadAsync(FeedPosition.Start))
                if (++taken == 10) feed.Epoch = Guid.CreateVersion7();
        };

        await reading.ShouldThrowAsync<FeedHistoryChanged>();
        taken.ShouldBe(10);
    }

    [Fact]
    public void Is_a_client_without_an_address_or_with_options_out_of_range()
    {
        using var http = new HttpClient();
        Should.Throw<ArgumentException>(() => new ChangeFeed(http));
        http.BaseAddress = new Uri("http://127.0.0.1:9");
        Should.Throw<ArgumentException>(() => new ChangeFeed(http, new FeedOptions { PageSize = 1_001 }));
        Should.Throw<ArgumentException>(() => new ChangeFeed(http, new FeedOptions { Wait = TimeSpan.FromSeconds(31) }));
    }
}
