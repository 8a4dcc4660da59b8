using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests;

public sealed class Asking_ZoPay : AskingContract<ZoPaySamples>
{
    [Theory]
    [InlineData("x-zo", "", "/api/v1/disbursements/{id}", "/api/v1/disbursements/{id}", "")]
    [InlineData("x-zito", "/proxy/zopay", "/api/v1/disbursements/{id}", "/proxy/zopay/api/v1/disbursements/{id}", "")]
    [InlineData("x-zo", "", "/disbursements/{id}?view=full&b=2&a=1", "/disbursements/{id}", "a=1&b=2&view=full")]
    public async Task Six_headers_sign_what_was_sent(string prefix, string basePath, string template, string signedPath, string signedQuery)
    {
        var request = await RequestOf(prefix, basePath, template);
        var target = (basePath + template).Replace("{id}", Samples.PayoutId, StringComparison.Ordinal);
        (request.Method, request.Target).ShouldBe(("GET", target));

        string Header(string name) => request.Headers[$"{prefix}-{name}"];
        Header("key").ShouldBe("zo_pub_made_up");
        Header("origin").ShouldBe("https://merchant.example.com");
        Header("version").ShouldBe("1.0");
        Header("timestamp").ShouldBe(Clock.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        Guid.TryParseExact(Header("nonce"), "D", out _).ShouldBeTrue();

        // Once more by hand: METHOD + PATH + SORTED_QUERY + BODY (none) + TIMESTAMP + NONCE + ORIGIN, nothing between.
        var signed = "GET" + signedPath.Replace("{id}", Samples.PayoutId, StringComparison.Ordinal) + signedQuery
            + Header("timestamp") + Header("nonce") + "https://merchant.example.com";
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes("zo_sec_made_up"));
        var digits = new StringBuilder();
        foreach (var one in hmac.ComputeHash(Encoding.UTF8.GetBytes(signed))) digits.Append(one.ToString("x2", CultureInfo.InvariantCulture));
        Header("signature").ShouldBe(digits.ToString());
    }

    [Fact]
    public void A_signature_is_the_one_that_another_program_computed()
    {
        // printf 'GET/api/v1/disbursements/p-11795255200<nonce>https://m.example' | openssl dgst -sha256 -hmac 'k'
        var headers = ZoPayRequestSignature.Headers(
            HttpMethod.Get,
            new Uri("https://api.zopay.com/api/v1/disbursements/p-1"),
            Samples.Credentials.SetItem("secretKey", new Secret("k")).SetItem("origin", new Secret("https://m.example")),
            "x-zo",
            DateTimeOffset.FromUnixTimeSeconds(1795255200),
            Guid.Parse("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"));
        headers.Single(header => header.Name == "x-zo-signature").Value.ShouldBe("2efa80ac6b8d5881cfd26de14203a06ff14844afc532d0e481522c10618611d3");
    }

    [Fact]
    public async Task A_nonce_is_never_used_twice()
    {
        await using var server = Serving(Samples.UnknownId);
        var connection = Open(Settings(server.Url));
        for (var at = 0; at < 20; at++) await connection.AskAsync(new StatusQuestion(Samples.PayoutId, at), CancellationToken.None);
        server.Requests.Select(request => request.Headers["x-zo-nonce"]).Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public async Task A_retry_after_in_the_header_goes_before_the_one_in_the_body()
    {
        var answer = ServedAnswer.Json("""{"retry_after":99}""", 429).With("Retry-After", "7");
        (await FaultAsync<ProviderThrottled>(answer)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    private async Task<ServedRequest> RequestOf(string prefix, string basePath, string template)
    {
        await using var server = Serving(Samples.UnknownId);
        var settings = Settings();
        settings = settings with
        {
            Api = settings.Api with
            {
                BaseUrl = new Uri(server.Url, basePath),
                Options = settings.Api.Options.SetItem("headerPrefix", prefix).SetItem("statusPath", template),
            },
        };
        Adapter.Check(settings).ShouldBeEmpty();
        await Open(settings).AskAsync(new StatusQuestion(Samples.PayoutId, 0), CancellationToken.None);
        return server.Requests.ShouldHaveSingleItem();
    }
}
