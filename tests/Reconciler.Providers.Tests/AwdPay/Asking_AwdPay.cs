using System.Text.Json;

namespace Reconciler.Providers.Tests;

public sealed class Asking_AwdPay : AskingContract<AwdPaySamples>
{
    private static readonly StatusQuestion AnyQuestion = new("WTD1", 0);

    private ServedAnswer Success => ServedAnswer.Json(Samples.Answer(Samples.Success with { Id = AnyQuestion.ProviderPayoutId }));

    [Fact]
    public async Task The_requests_are_the_documented_ones()
    {
        await using var server = Serving(Success);
        await Open(Settings(server.Url)).AskAsync(AnyQuestion, CancellationToken.None);
        var (exchange, status) = (server.Requests[0], server.Requests[1]);
        (exchange.Method, exchange.Target, exchange.Headers["Content-Type"]).ShouldBe(("POST", "/api/auth/token", "application/json"));
        using var sent = JsonDocument.Parse(exchange.Body);
        sent.RootElement.GetProperty("apiKey").GetString().ShouldBe("awd_key_made_up");
        sent.RootElement.GetProperty("secretKey").GetString().ShouldBe("awd_secret_made_up");
        (status.Method, status.Target, status.Headers["Authorization"]).ShouldBe(("GET", "/api/withdraws/withdraws/WTD1", $"Bearer {AwdPaySamples.Token}"));
    }

    [Fact]
    public async Task Paths_of_another_generation_are_a_setting()
    {
        await using var server = new ProviderServer(request => request.Target == "/v9/token" ? AwdPaySamples.Granting("t") : Success);
        var settings = Settings(server.Url);
        var options = settings.Api.Options.SetItem("statusPath", "/api/test/w/{id}").SetItem("tokenPath", "/v9/token");
        await Open(settings with { Api = settings.Api with { Options = options } }).AskAsync(AnyQuestion, CancellationToken.None);
        server.Requests.Select(request => request.Target).ShouldBe(["/v9/token", "/api/test/w/WTD1"]);
    }

    [Fact]
    public async Task Many_polls_at_once_ask_for_one_token()
    {
        await using var server = Serving(Success);
        var connection = Open(Settings(server.Url));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => connection.AskAsync(AnyQuestion, CancellationToken.None)));
        Exchanges(server).ShouldBe(1);
    }

    [Theory]
    [InlineData("900", 839, 1)]
    [InlineData("900", 841, 2)]
    [InlineData("\"900\"", 841, 2)]
    [InlineData("null", 839, 1)]
    [InlineData("-1", 841, 2)]
    [InlineData("60", 29, 1)]
    [InlineData("60", 31, 2)]
    public async Task A_token_is_replaced_shortly_before_its_end(string expiresIn, int secondsLater, int exchanges)
    {
        await using var server = new ProviderServer(request => request.Method == "POST" ? AwdPaySamples.Granting("t", expiresIn) : Success);
        var connection = Open(Settings(server.Url));
        await connection.AskAsync(AnyQuestion, CancellationToken.None);
        Clock.Advance(TimeSpan.FromSeconds(secondsLater));
        await connection.AskAsync(AnyQuestion, CancellationToken.None);
        Exchanges(server).ShouldBe(exchanges);
    }

    [Fact]
    public async Task A_401_is_asked_once_more_with_a_fresh_token()
    {
        var granted = 0;
        await using var server = new ProviderServer(request =>
            request.Method == "POST" ? AwdPaySamples.Granting($"token-{Interlocked.Increment(ref granted)}")
            : request.Headers["Authorization"] == "Bearer token-1" ? ServedAnswer.Json("{}", 401)
            : Success);
        (await Open(Settings(server.Url)).AskAsync(AnyQuestion, CancellationToken.None)).Reading.ShouldBeOfType<Reading.Observed>();
        server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_second_401_is_a_refusal()
    {
        await using var server = Serving(ServedAnswer.Json("{}", 401));
        var refusal = await Should.ThrowAsync<ProviderRefused>(() => Open(Settings(server.Url)).AskAsync(AnyQuestion, CancellationToken.None));
        refusal.HttpStatus.ShouldBe(401);
        server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Many_401s_at_once_ask_for_one_fresh_token()
    {
        var granted = 0;
        await using var server = new ProviderServer(request =>
            request.Method == "POST" ? AwdPaySamples.Granting($"token-{Interlocked.Increment(ref granted)}")
            : request.Headers["Authorization"] == "Bearer token-1" ? ServedAnswer.Json("{}", 401)
            : Success);
        var connection = Open(Settings(server.Url));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => connection.AskAsync(AnyQuestion, CancellationToken.None)));
        Exchanges(server).ShouldBe(2);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task A_refused_exchange_is_a_refusal(int status)
    {
        await using var server = new ProviderServer(_ => ServedAnswer.Json("""{"message":"no"}""", status));
        await Should.ThrowAsync<ProviderRefused>(() => Open(Settings(server.Url)).AskAsync(AnyQuestion, CancellationToken.None));
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"two\r\nlines"}""")]
    public async Task An_exchange_without_a_token_is_unavailability(string body)
    {
        await using var server = new ProviderServer(_ => ServedAnswer.Json(body));
        await Should.ThrowAsync<ProviderUnavailable>(() => Open(Settings(server.Url)).AskAsync(AnyQuestion, CancellationToken.None));
    }

    [Fact]
    public async Task A_failed_exchange_is_tried_again_by_the_next_poll()
    {
        var first = true;
        await using var server = new ProviderServer(request =>
        {
            if (request.Method != "POST") return Success;
            var failing = first;
            first = false;
            return failing ? ServedAnswer.Html(503) : AwdPaySamples.Granting("t");
        });
        var connection = Open(Settings(server.Url));
        await Should.ThrowAsync<ProviderUnavailable>(() => connection.AskAsync(AnyQuestion, CancellationToken.None));
        (await connection.AskAsync(AnyQuestion, CancellationToken.None)).Reading.ShouldBeOfType<Reading.Observed>();
    }

    [Fact]
    public async Task A_poll_that_gives_up_does_not_take_the_token_from_the_others()
    {
        using var release = new ManualResetEventSlim();
        await using var server = new ProviderServer(request =>
        {
            if (request.Method != "POST") return Success;
            release.Wait(TimeSpan.FromSeconds(30));
            return AwdPaySamples.Granting("t");
        });
        var connection = Open(Settings(server.Url));
        using var patience = new CancellationTokenSource();
        var givingUp = connection.AskAsync(AnyQuestion, patience.Token);
        var waiting = connection.AskAsync(AnyQuestion, CancellationToken.None);
        await server.ArrivalAsync();
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => givingUp);
        release.Set();
        (await waiting).Reading.ShouldBeOfType<Reading.Observed>();
        Exchanges(server).ShouldBe(1);
    }

    private static int Exchanges(ProviderServer server) => server.Requests.Count(request => request.Method == "POST");
}
