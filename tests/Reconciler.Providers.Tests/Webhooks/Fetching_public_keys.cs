using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>Keys come from pawaPay's API over real HTTP; the clock is stopped.</summary>
public sealed class Fetching_public_keys : IAsyncDisposable
{
    private static readonly SigningKey First = SigningKey.P256("key:1");
    private static readonly SigningKey Second = SigningKey.P256("key:2");

    private readonly StoppedClock clock = new();
    private readonly KeyServer server = new() { Published = [First.Public] };
    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("v1", "/base/public-key/http")]
    [InlineData("v2", "/base/v2/public-key/http")]
    public async Task They_are_asked_for_once_an_hour(string version, string path)
    {
        var connection = Connection(version, new Uri(server.Url, "base"));
        for (var at = 0; at < 3; at++) (await VerifiedBy(connection, First)).ShouldBe("key:1");
        server.Calls.ShouldBe(1);
        server.LastRequest.Target.ShouldBe(path);
        server.LastRequest.Headers["Authorization"].ShouldBe("Bearer token-of-the-test");

        clock.Advance(PublicKeys.KeptFor - TimeSpan.FromSeconds(1));
        await VerifiedBy(connection, First);
        server.Calls.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(1));
        await VerifiedBy(connection, First);
        server.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_key_is_found_by_asking_again_and_an_old_one_ends()
    {
        var connection = Connection();
        await VerifiedBy(connection, First);
        server.Published = [Second.Public];
        clock.Advance(PublicKeys.AskedAtMostEvery);
        (await VerifiedBy(connection, Second)).ShouldBe("key:2");
        server.Calls.ShouldBe(2);
        (await RefusedFor(connection, First)).ShouldBe(RefusalReason.UnknownKey);
    }

    [Fact]
    public async Task Forged_ids_make_us_ask_at_most_once_a_minute()
    {
        var connection = Connection();
        for (var at = 0; at < 50; at++) (await RefusedFor(connection, First.Claiming($"forged:{at}"))).ShouldBe(RefusalReason.UnknownKey);
        server.Calls.ShouldBe(1);
        clock.Advance(PublicKeys.AskedAtMostEvery);
        for (var at = 0; at < 50; at++) await RefusedFor(connection, First.Claiming($"forged:{at}"));
        server.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Many_deliveries_at_once_ask_once()
    {
        server.Shut();
        var connection = Connection();
        var waiting = Enumerable.Range(0, 100).Select(_ => VerifiedBy(connection, First)).ToList();
        waiting.ShouldAllBe(one => !one.IsCompleted);
        server.Open();
        foreach (var by in await Task.WhenAll(waiting)) by.ShouldBe("key:1");
        server.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_sender_that_hangs_up_does_not_end_the_question_of_the_others()
    {
        server.Shut();
        var connection = Connection();
        using var hangUp = new CancellationTokenSource();
        var impatient = connection.VerifyAsync(Callback(First), hangUp.Token).AsTask();
        var patient = VerifiedBy(connection, First);
        await hangUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(impatient);
        server.Open();
        (await patient).ShouldBe("key:1");
        server.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(401, "{}")]
    [InlineData(429, "{}")]
    [InlineData(200, "<html>maintenance</html>")]
    [InlineData(200, "{\"keys\":[]}")]
    public async Task Keys_that_never_came_are_nobodys_fault_and_are_asked_for_again(int status, string body)
    {
        server.Instead = ServedAnswer.Json(body, status);
        var connection = Connection();
        (await RefusedFor(connection, First)).ShouldBe(RefusalReason.KeysUnavailable);
        (await RefusedFor(connection, First)).ShouldBe(RefusalReason.KeysUnavailable);
        server.Calls.ShouldBe(1);

        server.Instead = null;
        clock.Advance(PublicKeys.AskedAtMostEvery);
        (await VerifiedBy(connection, First)).ShouldBe("key:1");
    }

    [Fact]
    public async Task Nobody_answers_at_all()
    {
        var connection = Connection(baseUrl: new Uri("http://127.0.0.1:1/"));
        (await RefusedFor(connection, First)).ShouldBe(RefusalReason.KeysUnavailable);
    }

    [Fact]
    public async Task Keys_that_could_not_be_renewed_stay_in_use_and_unknown_ones_may_exist()
    {
        var connection = Connection();
        await VerifiedBy(connection, First);
        server.Instead = ServedAnswer.Html(503);
        clock.Advance(PublicKeys.KeptFor);
        (await VerifiedBy(connection, First)).ShouldBe("key:1");
        (await RefusedFor(connection, Second)).ShouldBe(RefusalReason.KeysUnavailable);
        server.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_published_key_of_a_strange_kind_does_not_cost_us_the_others()
    {
        server.Published = [new WebhookKey("odd", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----"), First.Public];
        var connection = Connection();
        (await VerifiedBy(connection, First)).ShouldBe("key:1");
        (await RefusedFor(connection, First.Claiming("odd"))).ShouldBe(RefusalReason.UnknownKey);
    }

    [Fact]
    public async Task Pinned_keys_need_no_question()
    {
        var connection = Connection(pinned: [Second.Public]);
        (await VerifiedBy(connection, Second)).ShouldBe("key:2");
        server.Calls.ShouldBe(0);
        (await VerifiedBy(connection, First)).ShouldBe("key:1");
        server.Calls.ShouldBe(1);
    }

    private IProviderConnection Connection(string version = "v2", Uri? baseUrl = null, params ImmutableArray<WebhookKey> pinned)
    {
        var provider = ProviderCatalog.For(Provider.Pawapay);
        var settings = new ConnectionSettings(
            ConnectionKey.Parse("pawapay-test"),
            Provider.Pawapay,
            "test",
            new ApiSettings(
                baseUrl ?? server.Url,
                ImmutableDictionary<string, Secret>.Empty.Add("token", new Secret("token-of-the-test")),
                provider.Defaults.Options.SetItem("apiVersion", version)),
            provider.Defaults.Webhook with { Keys = pinned, KeysFrom = "api" },
            provider.Defaults.Polling);
        provider.Check(settings).ShouldBeEmpty();
        return provider.Open(settings, http, clock);
    }

    private Delivery Callback(SigningKey key) => new SignedCallback(key, clock.Now).Deliver();

    private async Task<string> VerifiedBy(IProviderConnection connection, SigningKey key) =>
        (await connection.VerifyAsync(Callback(key), CancellationToken.None)).ShouldBeOfType<Verdict.Verified>().By;

    private async Task<RefusalReason> RefusedFor(IProviderConnection connection, SigningKey key) =>
        (await connection.VerifyAsync(Callback(key), CancellationToken.None)).ShouldBeOfType<Verdict.Refused>().Reason;
}
