using System.Text;
using System.Text.Json;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

public sealed class Secrets_that_are_stored(PostgresFixture postgres)
{
    private static readonly string[] All = [Documents.ZoPaySecretKey, Documents.ZoPayWebhookSecret, "zo-api-key-1234"];

    [Fact]
    public async Task Stand_nowhere_in_clear()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        var row = await node.KeepAsync("zopay-sandbox", Documents.ZoPay);
        var open = await node.OpenAsync("zopay-sandbox");
        await using var read = node.Database.CreateCommand("select c::text || encode(sealed_secrets, 'escape') from reconciler.connections c");

        var stored = (string)(await read.ExecuteScalarAsync())!;

        var answered = JsonSerializer.Serialize(row.Document, JsonShapes.Answered);
        var sealedBytes = Encoding.Latin1.GetString(row.SealedSecrets);
        foreach (var shown in (string[])[stored, answered, sealedBytes, row.ToString(), open.ToString(), open.Settings.ToString()])
            foreach (var secret in All)
                shown.ShouldNotContain(secret);
        row.Document.Api.ShouldNotBeNull().Credentials.ShouldNotBeNull()["secretKey"].ShouldBe("***");
        row.Document.Webhook.ShouldNotBeNull().Secrets.ShouldBe([new SecretDocument("2026-11", "***")]);
    }

    [Theory]
    [InlineData("""{ "credentials": { "apiKey": "***", "secretKey": "***", "origin": "***" } }""", """[{ "id": "2026-11", "secret": "***" }]""")]
    [InlineData("""{ "credentials": { "secretKey": null } }""", """[{ "id": "2026-11" }]""")]
    [InlineData("""{ }""", "null")]
    public async Task Are_kept_when_they_are_not_given_anew(string api, string secrets)
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zopay-live", Edited("https://sandbox.zopay.example", "https://api.zopay.com"));
        var before = (await node.OpenAsync("zopay-live")).Settings;

        await node.KeepAsync("zopay-live", $$"""
            { "provider": "zopay", "api": {{api}}, "webhook": { "secrets": {{secrets}}, "toleranceSeconds": 77 } }
            """);

        var after = (await node.OpenAsync("zopay-live")).Settings;
        after.Webhook.ToleranceSeconds.ShouldBe(77);
        after.Webhook.Secrets.ShouldBe(before.Webhook.Secrets);
        after.Api.Credentials.ShouldBe(before.Api.Credentials, ignoreOrder: true);
    }

    [Fact]
    public async Task Are_turned_over_by_giving_a_second_one_and_then_leaving_the_first_out()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zopay-sandbox", Documents.ZoPay);
        const string old = """{ "id": "2026-11", "secret": "whsec_november_0815" }""";

        await node.KeepAsync("zopay-sandbox", Edited(old, """{ "id": "2026-12", "secret": "december" }, { "id": "2026-11" }"""));
        (await node.OpenAsync("zopay-sandbox")).Settings.Webhook.Secrets.ShouldBe(
            [new WebhookSecret("2026-12", new Secret("december")), new WebhookSecret("2026-11", new Secret(Documents.ZoPayWebhookSecret))]);

        await node.KeepAsync("zopay-sandbox", Edited(old, """{ "id": "2026-12" }"""));
        (await node.OpenAsync("zopay-sandbox")).Settings.Webhook.Secrets.ShouldBe([new WebhookSecret("2026-12", new Secret("december"))]);
    }

    [Fact]
    public async Task Are_all_taken_away_only_by_an_empty_list()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zopay-sandbox", Documents.ZoPay);

        await node.KeepAsync("zopay-sandbox", Edited("""{ "id": "2026-11", "secret": "whsec_november_0815" }""", ""));

        (await node.OpenAsync("zopay-sandbox")).Settings.Webhook.Verifies.ShouldBeFalse();
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://sandbox.zopay.example:8443")]
    public async Task Do_not_follow_the_connection_to_another_address(string address)
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zopay-sandbox", Documents.ZoPay);

        var moved = await node.PutAsync("zopay-sandbox", $$"""
            { "provider": "zopay", "environment": "sandbox", "api": { "baseUrl": "{{address}}", "credentials": { "origin": "https://example.com" } } }
            """);

        moved.Kind.ShouldBe(PutKind.Refused);
        moved.Problems.Select(problem => problem.Field).ShouldBe(["api.credentials.apiKey", "api.credentials.secretKey"], ignoreOrder: true);
        (await node.OpenAsync("zopay-sandbox")).Settings.Api.BaseUrl.Host.ShouldBe("sandbox.zopay.example");
    }

    [Fact]
    public async Task Open_for_no_other_connection_and_not_when_altered()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zayono-a", Documents.Zayono);
        await node.KeepAsync("zayono-b", Documents.Zayono.Replace("zay-key-99", "other", StringComparison.Ordinal));
        await node.KeepAsync("zayono-c", Documents.Zayono);
        await node.ExecuteAsync("""
            update reconciler.connections a set sealed_secrets = b.sealed_secrets from reconciler.connections b
                where a.key = 'zayono-a' and b.key = 'zayono-b';
            update reconciler.connections set sealed_secrets = set_byte(sealed_secrets, 40, 1 # get_byte(sealed_secrets, 40))
                where key = 'zayono-b';
            """);

        await node.Registry.RefreshAsync();

        node.Registry.All.Select(open => open.Settings.Key.ToString()).ShouldBe(["zayono-c"]);
        await node.KeepAsync("zayono-a", Documents.Zayono);
        (await node.OpenAsync("zayono-a")).Settings.Api.Credentials["apiKey"].Value.ShouldBe("zay-key-99");
    }

    private static string Edited(string before, string after) => Documents.ZoPay.Replace(before, after, StringComparison.Ordinal);
}
