using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Ledger.Subscriptions;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Subscriptions;

public sealed class Giving_up_and_going_on(PostgresFixture postgres)
{
    [Fact]
    public async Task After_the_whole_schedule_it_is_dead_and_one_call_goes_on_from_where_it_was()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock, Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var refuses = true;
        receiver.Answer = (_, context) => refuses ? Receiver.StatusAsync(context, 503) : Task.CompletedTask;
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 1);

        await ExhaustAsync(service, clock, made);

        (clock.Now - StoppedClock.Noon).ShouldBeGreaterThan(TimeSpan.FromDays(3));
        receiver.All.Count.ShouldBe(RetrySchedule.Waits.Length + 1);
        receiver.All.Select(received => received.Id).Distinct().Count().ShouldBe(1, "The payout's second change was never sent.");
        receiver.All.Select(received => received.Timestamp).Distinct().Count().ShouldBe(receiver.All.Count, "Each attempt is signed anew.");
        var dead = await Subscribers.ShowAsync(service.Http, made);
        ((string)dead["state"]!).ShouldBe("dead");
        ((string)dead["reason"]!).ShouldBe("schedule_exhausted");

        await Subscribers.HearAsync(service, 1, 3);
        refuses = false;
        await Subscribers.DoAsync(service.Http, made, "resume");
        await Subscribers.UntilAsync(() => receiver.Accepted.DistinctBy(received => received.Position).Count() == 8);
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 8);
    }

    [Fact]
    public async Task One_payout_that_is_never_accepted_waits_for_a_person_while_the_others_go_on()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock, Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (received, context) => received.Position == 1 ? Receiver.StatusAsync(context, 400) : Task.CompletedTask;
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 1);
        await Subscribers.StateAsync(service.Http, made, "failing");
        clock.Now += TimeSpan.FromSeconds(1);
        await Subscribers.HearAsync(service, 1, 1);
        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 2);

        await ExhaustAsync(service, clock, made);
        var shown = await Subscribers.ShowAsync(service.Http, made);
        ((string)shown["state"]!).ShouldBe("failing");
        ((long)shown["givenUp"]!).ShouldBe(1);

        (await Subscribers.DoAsync(service.Http, made, "skip", new JsonObject { ["position"] = 1 })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Subscribers.UntilAsync(() => receiver.Accepted.Any(received => received.Position == 2));
        await Subscribers.StateAsync(service.Http, made, "active");
    }

    [Fact]
    public async Task A_subscriber_that_says_gone_is_paused()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var isGone = true;
        receiver.Answer = (_, context) => isGone ? Receiver.StatusAsync(context, 410) : Task.CompletedTask;
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 1);

        await Subscribers.StateAsync(service.Http, made, "paused");
        ((string)(await Subscribers.ShowAsync(service.Http, made))["reason"]!).ShouldBe("gone");

        isGone = false;
        await Subscribers.DoAsync(service.Http, made, "resume");
        await Subscribers.UntilAsync(() => receiver.Accepted.Count >= 2);
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 2);
    }

    [Fact]
    public async Task Another_history_stops_it_until_somebody_says_how_to_go_on()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon), Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 1);
        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["cursor"]! == 2);

        await RestoredAsync(service, agreesUpTo: 1);
        await Subscribers.HearAsync(service, 1, 1);
        await Subscribers.StateAsync(service.Http, made, "dead");
        ((string)(await Subscribers.ShowAsync(service.Http, made))["reason"]!).ShouldBe("feed_epoch_changed");
        receiver.All.Count.ShouldBe(2);
        await Golden.ShouldMatchAsync(await Subscribers.DoAsync(service.Http, made, "resume"), "subscription-other-history");
        await Subscribers.DoAsync(service.Http, made, "replay", new JsonObject { ["after"] = "1" });
        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["cursor"]! == 4);

        // Nothing that it was told lies beyond where the histories part: one call is enough.
        await RestoredAsync(service, agreesUpTo: 4);
        await Subscribers.HearAsync(service, 2, 1);
        await Subscribers.StateAsync(service.Http, made, "dead");
        await Subscribers.DoAsync(service.Http, made, "resume");
        await Subscribers.UntilAsync(() => receiver.Accepted.DistinctBy(received => received.Position).Count() == 6);
        await Subscribers.StateAsync(service.Http, made, "active");
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 6);
    }

    [Fact]
    public async Task When_too_much_waits_all_of_it_waits_and_none_is_lost()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(
            postgres, clock, new Dictionary<string, string?>(Subscribers.Quick) { ["Reconciler:Subscriptions:DeferredMax"] = "4" });
        await using var receiver = await Receiver.StartAsync();
        var refuses = true;
        receiver.Answer = (_, context) => refuses ? Receiver.StatusAsync(context, 500) : Task.CompletedTask;
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 30);
        await Subscribers.UntilAsync(async () => (long)(await Subscribers.ShowAsync(service.Http, made))["deferred"]! == 4);
        (await Subscribers.ShowAsync(service.Http, made))["lag"]!.GetValue<long>().ShouldBeGreaterThan(50);

        refuses = false;
        clock.Now += TimeSpan.FromMinutes(1);
        await Subscribers.UntilAsync(() => receiver.Accepted.DistinctBy(received => received.Position).Count() == 60);
        Subscribers.ShouldBeToldAll(receiver.Accepted, 1, 60);
    }

    [Fact]
    public async Task A_subscriber_that_asks_for_silence_gets_it_within_bounds()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock, Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var asks = true;
        receiver.Answer = (_, context) =>
        {
            if (!asks) return Task.CompletedTask;
            context.Response.Headers.RetryAfter = "999999999";
            return Receiver.StatusAsync(context, 429);
        };
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 1);
        await Subscribers.StateAsync(service.Http, made, "failing");
        var until = (DateTimeOffset)(await Subscribers.ShowAsync(service.Http, made))["notBefore"]!;
        until.ShouldBe(StoppedClock.Noon + RetrySchedule.RetryAfterMax);

        asks = false;
        clock.Now = until.AddSeconds(-1);
        await Subscribers.HearAsync(service, 1, 1);
        receiver.All.Count.ShouldBe(1);
        clock.Now = until;
        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 4);
    }

    [Fact]
    public async Task An_address_that_is_not_allowed_is_said_to_be_so()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var document = new JsonObject { ["url"] = $"https://localhost:{receiver.Address.Port}/" };
        var made = await Subscribers.SubscribeAsync(service.Http, document);
        await Subscribers.HearAsync(service, 0, 1);

        await Subscribers.StateAsync(service.Http, made, "failing");
        ((string)(await Subscribers.ShowAsync(service.Http, made))["lastError"]!["outcome"]!).ShouldBe("address_refused");
        receiver.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync(certificate: certificate);
        var made = await Subscribers.SubscribeAsync(service, receiver.Address);
        await Subscribers.HearAsync(service, 0, 1);

        await Subscribers.StateAsync(service.Http, made, "failing");
        ((string)(await Subscribers.ShowAsync(service.Http, made))["lastError"]!["outcome"]!).ShouldBe("tls_failed");
        receiver.All.ShouldBeEmpty();
    }

    private static async Task RestoredAsync(ServiceHost service, long agreesUpTo)
    {
        await using var restore = service.Database.CreateCommand($"select reconciler.begin_feed_epoch({agreesUpTo}, 'A test.')");
        await restore.ExecuteNonQueryAsync();
    }

    /// <summary>Turns the clock from attempt to attempt until nothing is tried any more.</summary>
    private static async Task ExhaustAsync(ServiceHost service, StoppedClock clock, JsonNode made)
    {
        for (var attempts = 1; attempts <= RetrySchedule.Waits.Length; attempts++)
        {
            JsonNode? first = null;
            await Subscribers.UntilAsync(async () =>
            {
                first = JsonNode.Parse(await service.Http.GetStringAsync($"/v1/subscriptions/{made["id"]}/deferred"))!["items"]!.AsArray().FirstOrDefault();
                return (int?)first?["attempts"] == attempts;
            });
            clock.Now = (DateTimeOffset)first!["nextAttemptAt"]! + TimeSpan.FromSeconds(1);
        }

        await Subscribers.UntilAsync(async () => await Subscribers.ShowAsync(service.Http, made) is var shown && ((string)shown["state"]! == "dead" || (long)shown["givenUp"]! > 0));
    }
}
