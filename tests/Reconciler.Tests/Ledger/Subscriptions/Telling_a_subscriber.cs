using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Reconciler.Core;
using Reconciler.Ledger.Subscriptions;
using Reconciler.Providers;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Subscriptions;

public sealed class Telling_a_subscriber(PostgresFixture postgres)
{
    [Fact]
    public async Task Sends_every_change_once_signed_and_with_the_bytes_of_the_pull()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync();
        await Subscribers.HearAsync(service, 0, 3);
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 3, 40);

        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 80);
        Subscribers.ShouldBeToldAll(receiver.Accepted, 7, 86);
        var key = StandardWebhook.KeyOf(new Secret((string)made["secrets"]![0]!["secret"]!))!;
        var pulled = await service.Http.GetStringAsync("/v1/changes?after=6&limit=1000");
        foreach (var received in receiver.Accepted)
        {
            received.Signature.ShouldBe(StandardWebhook.Signature(key, received.Id, long.Parse(received.Timestamp), received.Body));
            pulled.ShouldContain(System.Text.Encoding.UTF8.GetString(received.Body));
            ((string)JsonNode.Parse(received.Body)!["id"]!).ShouldBe(received.Id);
        }

        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["cursor"]! == 86);
        receiver.All.Count.ShouldBe(80, "Nothing failed, so nothing comes twice.");
    }

    [Fact]
    public async Task Sends_what_it_was_subscribed_to_and_nothing_else()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        await Subscribers.HearAsync(service, 0, 10);
        var wanted = Subscribers.Document(receiver.Address);
        wanted["kinds"] = new JsonArray("payout.status_changed");
        wanted["connections"] = new JsonArray("zopay-test");
        wanted["startAfter"] = "4";
        var nothing = Subscribers.Document(other.Address);
        nothing["connections"] = new JsonArray("pawapay-test");
        nothing["startAfter"] = 0;
        await Subscribers.SubscribeAsync(service.Http, wanted);
        var unwanted = await Subscribers.SubscribeAsync(service.Http, nothing);

        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 8);
        receiver.Accepted.ShouldAllBe(received => received.Kind == "payout.status_changed" && received.Position > 4);
        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, unwanted))["cursor"]! == 20);
        other.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Holds_back_the_payout_that_is_refused_and_no_other()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var refuses = true;
        receiver.Answer = (received, context) =>
            refuses && received.Payout.EndsWith("/p-1", StringComparison.Ordinal) ? Receiver.StatusAsync(context, 500) : Task.CompletedTask;
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 20);

        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 38);
        await Subscribers.StateAsync(service.Http, made, "failing");
        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["cursor"]! == 40);
        var deferred = JsonNode.Parse(await service.Http.GetStringAsync($"/v1/subscriptions/{made["id"]}/deferred"))!["items"]!.AsArray();
        deferred.Count.ShouldBe(2);
        ((int)deferred[0]!["attempts"]!).ShouldBeGreaterThan(0);
        ((int)deferred[1]!["attempts"]!).ShouldBe(0, "It was never sent: the one before it was not accepted.");

        refuses = false;
        (await Subscribers.DoAsync(service.Http, made, "resume")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Subscribers.StateAsync(service.Http, made, "active");
        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["deferred"]! == 0);
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 40);
    }

    [Theory]
    [InlineData("status", "refused")]
    [InlineData("hang", "timed_out")]
    [InlineData("abort", "unreachable")]
    [InlineData("redirect", "redirected")]
    public async Task Comes_again_after_a_subscriber_that_fails(string how, string outcome)
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock, how == "hang" ? Subscribers.Impatient : Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        await using var elsewhere = await Receiver.StartAsync();
        using var over = new CancellationTokenSource();
        var fails = true;
        receiver.Answer = (_, context) => fails ? FailAsync(how, context, elsewhere.Address, over.Token) : Task.CompletedTask;
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 2);

        await Subscribers.StateAsync(service.Http, made, "failing");
        var error = (await Subscribers.ShowAsync(service.Http, made))["lastError"]!;
        ((string)error["outcome"]!).ShouldBe(outcome);
        receiver.Accepted.ShouldBeEmpty();
        fails = false;
        clock.Now += TimeSpan.FromSeconds(10);

        await Subscribers.UntilAsync(() => receiver.Accepted.DistinctBy(received => received.Position).Count() == 4);
        await Subscribers.StateAsync(service.Http, made, "active");
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 4);
        elsewhere.All.ShouldBeEmpty("A redirect is not followed.");
        await over.CancelAsync();
    }

    [Theory]
    [InlineData(10_000_000)]
    [InlineData(-1)]
    public async Task Takes_a_2xx_for_an_answer_whatever_follows_it(int bytes)
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        using var over = new CancellationTokenSource();
        receiver.Answer = async (_, context) =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            try
            {
                if (bytes > 0) await context.Response.Body.WriteAsync(new byte[bytes], over.Token);
                else await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over.Token);
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        };
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 5);

        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["cursor"]! == 10);
        receiver.All.Count.ShouldBe(10);
        await over.CancelAsync();
    }

    [Fact]
    public async Task Does_not_let_one_that_hangs_delay_another()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var hanging = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        using var over = new CancellationTokenSource();
        hanging.Answer = (_, context) => FailAsync("hang", context, hanging.Address, over.Token);
        await Subscribers.SubscribeAsync(service, hanging.Address);
        await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 100);

        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 200);
        hanging.Accepted.ShouldBeEmpty();
        await over.CancelAsync();
    }

    [Fact]
    public async Task Follows_an_operator_who_pauses_replays_and_changes_the_secrets()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 5);
        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 10);

        await Subscribers.DoAsync(service.Http, made, "pause");
        await Subscribers.HearAsync(service, 5, 5);
        ((string)(await Subscribers.ShowAsync(service.Http, made))["state"]!).ShouldBe("paused");
        ((long)(await Subscribers.ShowAsync(service.Http, made))["lag"]!).ShouldBeGreaterThanOrEqualTo(10);
        await Subscribers.DoAsync(service.Http, made, "resume");
        await Subscribers.UntilAsync(() => receiver.Accepted.DistinctBy(received => received.Position).Count() == 20);

        var two = await service.Http.PutAsync($"/v1/subscriptions/{made["id"]}", new StringContent($$"""
            {"url": "{{receiver.Address}}", "allowedRanges": ["127.0.0.0/8"], "secrets": [{"id": "{{made["secrets"]![0]!["id"]}}"}, {"id": "new"}]}
            """, System.Text.Encoding.UTF8, "application/json"));
        two.StatusCode.ShouldBe(HttpStatusCode.OK);
        var added = (string)JsonNode.Parse(await two.Content.ReadAsStringAsync())!["secrets"]![1]!["secret"]!;
        var before = receiver.Accepted.Count;
        await Subscribers.DoAsync(service.Http, made, "replay", new JsonObject { ["after"] = "0" });

        await Subscribers.UntilAsync(() => receiver.Accepted.Count(received => received.Signature.Contains(' ')) >= 20);
        var again = receiver.Accepted.Skip(before).ToList();
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 20);
        var last = again.Last(received => received.Signature.Contains(' '));
        var keys = ((string[])[(string)made["secrets"]![0]!["secret"]!, added]).Select(text => StandardWebhook.KeyOf(new Secret(text))!);
        last.Signature.ShouldBe(string.Join(' ', keys.Select(key => StandardWebhook.Signature(key, last.Id, long.Parse(last.Timestamp), last.Body))));
    }

    private static Task FailAsync(string how, HttpContext context, Uri elsewhere, CancellationToken over)
    {
        switch (how)
        {
            case "hang":
                return HangAsync(context, over);
            case "abort":
                context.Abort();
                return Task.CompletedTask;
            case "redirect":
                context.Response.Redirect(elsewhere.ToString(), permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            default:
                return Receiver.StatusAsync(context, 500);
        }
    }

    private static async Task HangAsync(HttpContext context, CancellationToken over)
    {
        context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(over, context.RequestAborted);
        var ended = new TaskCompletionSource();
        await using var _ = ending.Token.Register(ended.SetResult);
        await ended.Task;
    }
}
