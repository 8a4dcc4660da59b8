using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Hosting;

public sealed class Calling_without_leave(PostgresFixture postgres)
{
    private static readonly string[] Undescribed = ["openapi/{documentname}.json"];

    [Fact]
    public async Task Every_route_is_described_and_every_described_v1_route_wants_a_key()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var document = (await service.Anonymous.GetFromJsonAsync<JsonNode>("/openapi/v1.json"))!;
        var described = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(method => (Method: method.Key.ToUpperInvariant(), Path: path.Key)))
            .ToList();

        // Pages are for people, and describe themselves.
        var mapped = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<ComponentTypeMetadata>() is null
                && route.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is not { ExcludeFromDescription: true }
                && !route.RoutePattern.RawText!.TrimStart('/').StartsWith("_framework/", StringComparison.Ordinal))
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => (Method: method, Path: "/" + route.RoutePattern.RawText!.TrimStart('/'))))
            .Where(route => !Undescribed.Contains(route.Path.TrimStart('/').ToLowerInvariant()))
            .ToList();
        mapped.ShouldNotBeEmpty();
        mapped.Except(described).ShouldBeEmpty();

        var payout = document["components"]!["schemas"]!["PayoutAnswer"]!["properties"]!;
        payout["amount"]!["type"]!.AsArray().Select(type => (string)type!).ShouldBe(["null", "string"]);
        foreach (var (method, path) in described.Where(route => route.Path.StartsWith("/v1", StringComparison.Ordinal)))
        {
            var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{", "x").Replace("}", "x"));
            // Another type than the described one is refused before anybody is asked for a key.
            if (document["paths"]![path]![method.ToLowerInvariant()]!["requestBody"]?["content"]!.AsObject().First().Key is { } type)
                request.Content = new StringContent("{}", Encoding.UTF8, type);
            var response = await service.Anonymous.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
            document["paths"]![path]![method.ToLowerInvariant()]!["security"]!.AsArray().Count.ShouldBe(1, path);
            response.Headers.WwwAuthenticate.ShouldBe([new AuthenticationHeaderValue("Bearer")]);
        }
    }

    [Fact]
    public async Task A_wrong_key_is_refused_like_none()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await Golden.ShouldMatchAsync(await service.Anonymous.GetAsync("/v1/payouts"), "not-authenticated");

        var key = ServiceHost.AdminKey;
        foreach (var header in (string[])["Bearer rk_wrong_0123456789abcdef", "Bearer", $"Basic {key}", $"Bearer {key}x", key])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            (await service.Anonymous.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, header);
        }
    }

    [Fact]
    public async Task Without_an_admin_key_nobody_gets_in()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:AdminKey"] = "" });

        (await service.Http.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_short_admin_key_keeps_the_service_from_starting()
    {
        var fault = await Should.ThrowAsync<Exception>(() =>
            ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:AdminKey"] = "rk_short" }));

        fault.ToString().ShouldContain("Reconciler__AdminKey");
    }
}
