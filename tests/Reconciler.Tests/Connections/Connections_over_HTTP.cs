using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

/// <summary>The routes on a real server, with the real keys before them and a real database behind.</summary>
public sealed class Connections_over_HTTP(PostgresFixture postgres) : IAsyncLifetime
{
    private const string AdminKey = "rk_0123456789abcdef0123456789abcdef";
    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private WebApplication? app;
    private HttpClient? client;

    private HttpClient Client => client ?? throw new InvalidOperationException("The server has not started.");

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(folder.Path, "connections.json");
        await File.WriteAllTextAsync(file, $$"""{ "connections": { "from-file": {{Documents.Zayono}} } }""");
        app = await StartAsync(await postgres.NewDatabaseAsync(), folder.Path, file);
        client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    [Fact]
    public async Task Are_put_shown_listed_and_deleted_without_ever_showing_a_secret()
    {
        var made = await PutAsync("zopay-sandbox", Documents.ZoPay);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        made.Headers.Location.ShouldBe(new Uri("/v1/connections/zopay-sandbox", UriKind.Relative));
        var put = await made.Content.ReadAsStringAsync();
        var shown = await Client.GetStringAsync("/v1/connections/zopay-sandbox");
        var filled = await Client.GetStringAsync("/v1/connections/zopay-sandbox?defaults=true");
        var listed = await Client.GetStringAsync("/v1/connections");
        var endpoint = await Client.GetStringAsync("/v1/connections/zopay-sandbox/endpoint");

        shown.ShouldBe(put);
        foreach (var answer in (string[])[shown, filled, listed, endpoint])
            foreach (var secret in (string[])[Documents.ZoPaySecretKey, Documents.ZoPayWebhookSecret, "zo-api-key-1234"])
                answer.ShouldNotContain(secret);
        Json(shown).GetProperty("api").GetProperty("credentials").GetProperty("secretKey").GetString().ShouldBe("***");
        Json(shown).GetProperty("polling").GetProperty("deadline").ValueKind.ShouldBe(JsonValueKind.Null);
        Json(filled).GetProperty("polling").GetProperty("deadline").GetString().ShouldBe("1d");
        Json(listed).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString())
            .ShouldBe(["from-file", "zopay-sandbox"]);

        (await PutAsync("zopay-sandbox", shown)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Client.DeleteAsync("/v1/connections/zopay-sandbox")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Client.GetAsync("/v1/connections/zopay-sandbox")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Client.DeleteAsync("/v1/connections/zopay-sandbox")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Are_in_use_on_this_node_when_the_answer_comes()
    {
        await PutAsync("zopay-sandbox", Documents.ZoPay);

        var registry = app!.Services.GetRequiredService<ConnectionRegistry>();
        registry.Find("zopay-sandbox").ShouldNotBeNull().Settings.Webhook.ToleranceSeconds.ShouldBe(200);
    }

    [Fact]
    public async Task Are_refused_with_every_problem_by_field()
    {
        var refused = await PutAsync("somewhere", """{ "provider": "zopay", "polling": { "slowest": "soon" } }""");

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = Json(await refused.Content.ReadAsStringAsync());
        problem.GetProperty("type").GetString().ShouldBe("urn:reconciler:problem:invalid");
        problem.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString())
            .ShouldBe(["polling.slowest", "api.credentials.apiKey", "api.credentials.secretKey", "api.credentials.origin"], ignoreOrder: true);
        (await PutAsync("No-Key", Documents.Zayono)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await PutAsync("too-large", new string(' ', 300_000))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Are_for_admins_only()
    {
        using var stranger = new HttpClient { BaseAddress = Client.BaseAddress };

        foreach (var path in (string[])["/v1/connections", "/v1/connections/from-file", "/v1/connections/from-file/endpoint"])
            (await stranger.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.PutAsJsonAsync("/v1/connections/x", new { })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await stranger.DeleteAsync("/v1/connections/from-file")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tell_what_to_register_at_the_provider_and_what_came()
    {
        var key = $"zopay-{Guid.CreateVersion7():N}";
        await PutAsync(key, Documents.ZoPay);
        var before = Json(await Client.GetStringAsync($"/v1/connections/{key}/endpoint"));
        var tally = app!.Services.GetRequiredService<DeliveryTally>();
        tally.Note(ConnectionKey.Parse(key), "verified", "2026-11");
        tally.Note(ConnectionKey.Parse(key), "verified", "2026-11");
        tally.Note(ConnectionKey.Parse(key), RefusalReason.WrongSignature.Word());
        tally.Note(ConnectionKey.Parse(key), "unavailable");

        var after = Json(await Client.GetStringAsync($"/v1/connections/{key}/endpoint"));
        var unsigned = Json(await Client.GetStringAsync("/v1/connections/from-file/endpoint"));

        before.GetProperty("url").GetString().ShouldBe("https://pay.example.com/webhooks/zopay-sandbox");
        before.GetProperty("events").EnumerateArray().Select(word => word.GetString()).ShouldBe(["payout.completed", "payout.failed"]);
        before.GetProperty("signature").GetProperty("ids").EnumerateArray().Select(id => id.GetString()).ShouldBe(["2026-11"]);
        before.GetProperty("lastDeliveryAt").ValueKind.ShouldBe(JsonValueKind.Null);
        after.GetProperty("lastDeliveryAt").ValueKind.ShouldBe(JsonValueKind.String);
        after.GetProperty("shareVerified").GetDecimal().ShouldBe(0.6667m);
        after.GetProperty("lastVerifiedBy").GetString().ShouldBe("2026-11");
        after.GetProperty("verifiers")[0].GetProperty("deliveries").GetInt64().ShouldBe(2);
        unsigned.GetProperty("url").GetString().ShouldBe($"{Client.BaseAddress}webhooks/from-file");
        unsigned.GetProperty("signature").GetProperty("verifies").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Keep_the_service_from_starting_when_their_file_is_wrong()
    {
        var file = Path.Combine(folder.Path, "wrong.json");
        await File.WriteAllTextAsync(file, """{ "connections": { "a": { "provider": "zayono" } } }""");

        var database = await postgres.NewDatabaseAsync();
        var fault = await Should.ThrowAsync<InstallationFault>(() => StartAsync(database, folder.Path, file));

        fault.Message.ShouldContain("connections.a.api.credentials.apiKey");
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (app is not null) await app.DisposeAsync();
        folder.Dispose();
    }

    private static async Task<WebApplication> StartAsync(string database, string directory, string file)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Reconciler:AdminKey"] = AdminKey,
            ["Reconciler:DataDirectory"] = directory,
            ["Reconciler:MasterKey"] = Convert.ToBase64String(new byte[MasterKey.LengthBytes]),
            ["Reconciler:ConnectionsFile"] = file,
        });
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(database)).AddSingleton(TimeProvider.System).AddHttp();
        builder.AddConnections();
        var app = builder.Build();
        app.UseHttp();
        app.MapConnections();
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private Task<HttpResponseMessage> PutAsync(string key, string json) =>
        Client.PutAsync($"/v1/connections/{key}", new StringContent(json, Encoding.UTF8, "application/json"));

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
