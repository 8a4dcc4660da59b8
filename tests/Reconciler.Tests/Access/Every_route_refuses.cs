using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed partial class Every_route_refuses(PostgresFixture postgres)
{
    private const string Theirs = "zopay-test";

    [Fact]
    public async Task Whoever_has_no_right_to_it()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock, new Dictionary<string, string?> { ["Reconciler:Limits:FailedAttemptsPerMinute"] = "100000" });
        await Keys.ExpectAsync(service.Http, Theirs, "theirs-1");
        var expired = (await Keys.MakeAsync(service, Scope.All, expiresAt: clock.Now.AddMinutes(1))).Http;
        var revoked = await Keys.MakeAsync(service, Scope.All);
        await service.Http.DeleteAsync($"/v1/keys/{revoked.Id}");
        var elsewhere = (await Keys.MakeAsync(service, Scope.All, ["pawapay-test"])).Http;
        var lacking = new Dictionary<string, HttpClient>();
        foreach (var scope in Scope.All) lacking[scope] = (await Keys.MakeAsync(service, Scope.All.Except([scope]))).Http;
        clock.Now += TimeSpan.FromMinutes(2);

        var tried = 0;
        foreach (var (method, path, scope, mediaType) in await RoutesAsync(service))
        {
            await RefusesAsync(service.Anonymous, "no key", HttpStatusCode.Unauthorized);
            await RefusesAsync(Keys.Client(service, $"rk_{new string('0', 64)}"), "a garbage key", HttpStatusCode.Unauthorized);
            await RefusesAsync(expired, "an expired key", HttpStatusCode.Unauthorized);
            await RefusesAsync(revoked.Http, "a revoked key", HttpStatusCode.Unauthorized);
            await RefusesAsync(lacking[scope], "a key without the scope", HttpStatusCode.Forbidden);
            var answer = await SendAsync(elsewhere);
            var body = path.EndsWith("/stream", StringComparison.Ordinal) ? "" : await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode) body.ShouldNotContain("theirs", Shouldly.Case.Insensitive, $"{method} {path}");
            else ((int)answer.StatusCode).ShouldBeInRange(400, 499, $"{method} {path}: a key of another connection");
            if (path.Contains(Theirs, StringComparison.Ordinal)) answer.StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden);

            async Task RefusesAsync(HttpClient client, string who, HttpStatusCode expected) =>
                (await SendAsync(client)).StatusCode.ShouldBe(expected, $"{method} {path}: {who}");

            Task<HttpResponseMessage> SendAsync(HttpClient client)
            {
                tried++;
                var request = new HttpRequestMessage(method, path);
                if (mediaType is not null) request.Content = new StringContent("{}", Encoding.UTF8, mediaType);
                return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            }
        }

        tried.ShouldBeGreaterThan(100);
        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} combinations of a route and a caller without the right to it were tried.");
        Console.WriteLine($"{tried} combinations of a route and a caller without the right to it were tried.");
        (await service.Http.GetAsync($"/v1/payouts/{Theirs}/theirs-1")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<List<(HttpMethod, string, string, string?)>> RoutesAsync(ServiceHost service)
    {
        var document = (await service.Anonymous.GetFromJsonAsync<JsonNode>("/openapi/v1.json"))!;
        return document["paths"]!.AsObject().Where(path => path.Key.StartsWith("/v1", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(operation => (
                new HttpMethod(operation.Key.ToUpperInvariant()),
                Parameter().Replace(path.Key, name => Value(name.Groups[1].Value, path.Key)),
                ScopeWord().Match((string)operation.Value!["description"]!).Groups[1].Value,
                operation.Value["requestBody"]?["content"]!.AsObject().First().Key)))
            .ToList();
    }

    private static string Value(string parameter, string path) => parameter switch
    {
        "connection" or "key" => Theirs,
        "id" when path.StartsWith("/v1/payouts", StringComparison.Ordinal) => "theirs-1",
        "digest" => EvidenceDigest.Of("x"u8).ToString(),
        "n" => "1",
        "period" => "2026-11",
        _ => Guid.Empty.ToString(),
    };

    [GeneratedRegex(@"\{([a-zA-Z]+)\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"Needs the scope ([a-z:]+)\.")]
    private static partial Regex ScopeWord();
}
