using System.Globalization;
using System.Net;

namespace Reconciler.Simulator.Tests;

public sealed class Asking_without_the_right_credentials
{
    [Theory]
    [InlineData("/caurisflux/api/v1/payments/status/POM1")]
    [InlineData("/awdpay/api/withdraws/withdraws/WTD1")]
    [InlineData("/zayono/api/v1/payouts/1")]
    [InlineData("/zayono/api/v1/payouts/1/verify")]
    [InlineData("/pawapay/payouts/1")]
    [InlineData("/pawapay/v2/payouts/1")]
    [InlineData("/zopay/api/v1/disbursements/1")]
    [InlineData("/zopay/api/v1/disbursements")]
    public async Task Is_refused_with_401(string path)
    {
        await using var simulator = await RunningSimulator.StartAsync();

        using var bare = await simulator.Http.GetAsync(path);
        using var wrong = await simulator.Http.SendAsync(StatusRequests.Bearer(path, "wrong"));

        bare.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task CaurisFlux_takes_the_key_pair_as_a_bearer_token_too()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var id = await simulator.StartPayoutAsync(new { connection = "caurisflux-sim" });
        var pair = $"{await simulator.CredentialAsync("caurisflux-sim", "publicKey")}:{await simulator.CredentialAsync("caurisflux-sim", "secretKey")}";

        using var answer = await simulator.Http.SendAsync(StatusRequests.Bearer($"/caurisflux/api/v1/payments/status/{id}", pair));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_AwdPay_token_lives_fifteen_minutes()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        await using var simulator = await RunningSimulator.StartAsync(clock: clock);
        var id = await simulator.StartPayoutAsync(new { connection = "awdpay-sim" });
        var token = await StatusRequests.AwdPayTokenAsync(simulator);
        async Task<HttpStatusCode> AskAsync() =>
            (await simulator.Http.SendAsync(StatusRequests.Bearer($"/awdpay/api/withdraws/withdraws/{id}", token))).StatusCode;

        clock.Advance(TimeSpan.FromSeconds(899));
        (await AskAsync()).ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await AskAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        token = await StatusRequests.AwdPayTokenAsync(simulator);
        (await AskAsync()).ShouldBe(HttpStatusCode.OK);
        await simulator.Http.PostAsync("/sim/awdpay/revoke-tokens", null);
        (await AskAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ZoPay_refuses_a_nonce_used_within_ten_minutes_and_forgets_it_later()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 11, 1, 12, 4, 59, TimeSpan.Zero));
        await using var simulator = await RunningSimulator.StartAsync(clock: clock);
        var id = await simulator.StartPayoutAsync(new { connection = "zopay-sim" });
        const string Nonce = "11111111-2222-4333-8444-555555555555";
        async Task<string> AskAsync()
        {
            using var request = await StatusRequests.ZoPayAsync(simulator, $"/zopay/api/v1/disbursements/{id}", "", clock.GetUtcNow(), Nonce);
            using var answer = await simulator.Http.SendAsync(request);
            return await answer.Content.ReadAsStringAsync();
        }

        (await AskAsync()).ShouldContain("\"payout\"");
        (await AskAsync()).ShouldContain("Nonce already used");
        clock.Advance(TimeSpan.FromSeconds(594));
        (await AskAsync()).ShouldContain("Nonce already used");
        clock.Advance(TimeSpan.FromMinutes(20));
        (await AskAsync()).ShouldContain("\"payout\"");
    }

    [Fact]
    public async Task ZoPay_refuses_old_milliseconds_and_another_path()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var simulator = await RunningSimulator.StartAsync();
        var path = $"/zopay/api/v1/disbursements/{await simulator.StartPayoutAsync(new { connection = "zopay-sim" })}";
        async Task<string> AskAsync(HttpRequestMessage request)
        {
            using var answer = await simulator.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            return await answer.Content.ReadAsStringAsync();
        }

        (await AskAsync(await StatusRequests.ZoPayAsync(simulator, path, "", now.AddMinutes(-6)))).ShouldContain("Request too old");
        var milliseconds = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        (await AskAsync(await StatusRequests.ZoPayAsync(simulator, path, "", now, timestamp: milliseconds))).ShouldContain("Request too old");

        // Signed without the prefix of the base URL: the signed path is the whole path of the request.
        var request = await StatusRequests.ZoPayAsync(simulator, path["/zopay".Length..], "", now);
        request.RequestUri = new Uri(path, UriKind.Relative);
        (await AskAsync(request)).ShouldContain("AUTH_ERROR");
    }
}
