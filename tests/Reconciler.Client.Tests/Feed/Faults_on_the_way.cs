using Microsoft.AspNetCore.Http;

namespace Reconciler.Client.Tests.Feed;

public sealed class Faults_on_the_way
{
    [Fact]
    public async Task That_pass_lose_nothing_and_double_nothing()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 35);
        RequestDelegate[] faults =
        [
            http => PlayedFeed.ProblemAsync(http, 503, "unavailable"),
            http => PlayedFeed.ProblemAsync(http, 500, "internal-fault"),
            http => PlayedFeed.ProblemAsync(http, 429, "too-many-requests", retryAfter: "0"),
            http => Text(http, 502, "<html>Bad gateway</html>"),
            http => Text(http, 200, "<html>Log in to this network</html>"),
            http => Text(http, 200, """{"epoch":"x","changes":[],"next":"0"}"""),
            http => Text(http, 200, "{\"epoch\":"),
            http => Text(http, 200, ""),
            http => Text(http, 200, "null"),
            Cut,
            // An answer that a cache kept from before.
            http => feed.AnswerAsync(http, 0, 1),
        ];
        foreach (var fault in faults)
        {
            // One page is read between two faults, and the read is not at its end.
            feed.Instead.Enqueue(http => feed.AnswerAsync(http, PlayedFeed.Long(http, "after"), 3));
            feed.Instead.Enqueue(fault);
        }

        var troubles = new List<FeedTrouble>();
        var changes = await new ChangeFeed(feed.Http, Reading.Hasty with { Trouble = troubles.Add }).TakeAsync(35);

        changes.ShouldBeDense(1, 35);
        troubles.Count.ShouldBe(faults.Length);
        troubles.ShouldAllBe(trouble => trouble.Attempt == 1);
    }

    [Fact]
    public async Task That_stay_are_tried_again_at_longer_and_longer_pauses()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 1);
        for (var fault = 0; fault < 12; fault++) feed.Instead.Enqueue(http => PlayedFeed.ProblemAsync(http, 503, "unavailable"));

        var troubles = new List<FeedTrouble>();
        var options = Reading.Hasty with { PauseShortest = TimeSpan.FromMilliseconds(1), PauseLongest = TimeSpan.FromMilliseconds(64), Trouble = troubles.Add };
        await new ChangeFeed(feed.Http, options).TakeAsync(1);

        troubles.Select(trouble => trouble.Attempt).ShouldBe(Enumerable.Range(1, 12));
        for (var at = 0; at < troubles.Count; at++)
        {
            var longest = TimeSpan.FromMilliseconds(Math.Min(1 << at, 64));
            troubles[at].Pause.ShouldBeInRange(longest / 2, longest);
        }
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("864000", 300)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task That_name_a_time_to_come_back_are_obeyed_within_reason(string retryAfter, int seconds)
    {
        await using var feed = await PlayedFeed.StartAsync(head: 1);
        feed.Instead.Enqueue(http => PlayedFeed.ProblemAsync(http, 503, "unavailable", retryAfter));
        using var enough = new CancellationTokenSource(Reading.Bound, TimeProvider.System);
        FeedTrouble? told = null;
        var options = Reading.Hasty with
        {
            PauseShortest = TimeSpan.FromSeconds(1),
            PauseLongest = TimeSpan.FromSeconds(1),
            Trouble = trouble =>
            {
                told = trouble;
                enough.Cancel();
            },
        };

        var reading = async () =>
        {
            await foreach (var _ in new ChangeFeed(feed.Http, options).ReadAsync(FeedPosition.Start, enough.Token)) Assert.Fail("It was cancelled before.");
        };

        await reading.ShouldThrowAsync<OperationCanceledException>();
        told!.Pause.ShouldBeInRange(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds + 1));
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_given_up_and_asked_for_again()
    {
        await using var feed = await PlayedFeed.StartAsync(head: 3);
        using var never = new SemaphoreSlim(0);
        feed.Instead.Enqueue(http => never.WaitAsync(http.RequestAborted));
        var troubles = new List<FeedTrouble>();
        var options = Reading.Hasty with { Wait = TimeSpan.Zero, Patience = TimeSpan.FromMilliseconds(300), Trouble = troubles.Add };

        (await new ChangeFeed(feed.Http, options).TakeAsync(3)).ShouldBeDense(1, 3);

        troubles[0].Fault.ShouldBeOfType<TimeoutException>();
    }

    private static Task Text(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(text);
    }

    private static async Task Cut(HttpContext http)
    {
        http.Response.ContentLength = 1_000;
        await http.Response.WriteAsync("{\"epoch\":");
        await http.Response.Body.FlushAsync();
        http.Abort();
    }
}
