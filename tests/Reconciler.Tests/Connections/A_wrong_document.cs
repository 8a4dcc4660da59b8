using System.Text;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

public sealed class A_wrong_document(PostgresFixture postgres)
{
    [Theory]
    [InlineData("", "not json")]
    [InlineData("", "[]")]
    [InlineData("", """{ "provider": "zayono", "provider": "zopay" }""")]
    [InlineData("", """{ "provider": "zayono", "environment": "\ud800" }""")]
    [InlineData("provider", """{ }""")]
    [InlineData("provider", """{ "provider": "stripe" }""")]
    [InlineData("provider", """{ "provider": 7 }""")]
    [InlineData("polling.slownest", """{ "provider": "zayono", "polling": { "slownest": "1h" } }""")]
    [InlineData("api.credentials.apiKey", """{ "provider": "zayono" }""")]
    [InlineData("api.credentials.apiKey", """{ "provider": "zayono", "api": { "credentials": { "apiKey": "***" } } }""")]
    [InlineData("api.credentials.apiKey", """{ "provider": "zayono", "api": { "credentials": { "apiKey": 5 } } }""")]
    [InlineData("api.credentials.token", """{ "provider": "zayono", "api": { "credentials": { "token": "x" } } }""")]
    [InlineData("api.credentials", """{ "provider": "zayono", "api": { "credentials": "x" } }""")]
    [InlineData("api.baseUrl", """{ "provider": "zayono", "api": { "baseUrl": "api.zayono.example" } }""")]
    [InlineData("api.baseUrl", """{ "provider": "zayono", "api": { "baseUrl": "ftp://api.zayono.example" } }""")]
    [InlineData("api.baseUrl", """{ "provider": "zayono", "api": { "baseUrl": "http://api.zayono.example" } }""")]
    [InlineData("api.baseUrl", """{ "provider": "zayono", "api": { "baseUrl": "https://me:pw@api.zayono.example" } }""")]
    [InlineData("api.baseUrl", """{ "provider": "zayono", "api": { "baseUrl": "https://api.zayono.example/?a=b" } }""")]
    [InlineData("api.apiVersion", """{ "provider": "zayono", "api": { "apiVersion": "v2" } }""")]
    [InlineData("api.apiVersion", """{ "provider": "pawapay", "api": { "apiVersion": "v9" } }""")]
    [InlineData("api.options.statusPath", """{ "provider": "zopay", "api": { "options": { "statusPath": "nowhere" } } }""")]
    [InlineData("api.options.colour", """{ "provider": "zopay", "api": { "options": { "colour": "red" } } }""")]
    [InlineData("api.options.statusPath", """{ "provider": "zopay", "api": { "options": { "statusPath": 5 } } }""")]
    [InlineData("api.url", """{ "provider": "zopay", "api": { "url": "https://x.example" } }""")]
    [InlineData("webhook.secrets", """{ "provider": "zopay", "webhook": { "secrets": "whsec" } }""")]
    [InlineData("webhook.secrets[0].id", """{ "provider": "zopay", "webhook": { "secrets": [ { "secret": "s" } ] } }""")]
    [InlineData("webhook.secrets[1].secret", """{ "provider": "zopay", "webhook": { "secrets": [ { "id": "a", "secret": "s" }, { "id": "b" } ] } }""")]
    [InlineData("webhook.secrets[1].id", """{ "provider": "zopay", "webhook": { "secrets": [ { "id": "a", "secret": "s" }, { "id": "a", "secret": "t" } ] } }""")]
    [InlineData("webhook.secrets[0].key", """{ "provider": "zopay", "webhook": { "secrets": [ { "id": "a", "secret": "s", "key": 1 } ] } }""")]
    [InlineData("webhook.keys[0].pem", """{ "provider": "pawapay", "webhook": { "keys": [ { "id": "a", "pem": "x" } ] } }""")]
    [InlineData("webhook.keysFrom", """{ "provider": "pawapay", "webhook": { "keysFrom": "dns" } }""")]
    [InlineData("webhook.publicUrl", """{ "provider": "pawapay", "webhook": { "publicUrl": "/webhooks/x" } }""")]
    [InlineData("webhook.signatureHeaders[0]", """{ "provider": "zopay", "webhook": { "signatureHeaders": ["not a header"] } }""")]
    [InlineData("webhook.signatureHeaders[1]", """{ "provider": "zopay", "webhook": { "signatureHeaders": ["X-A", 5] } }""")]
    [InlineData("webhook.signedContents", """{ "provider": "zopay", "webhook": { "signedContents": ["everything"] } }""")]
    [InlineData("webhook.toleranceSeconds", """{ "provider": "zopay", "webhook": { "toleranceSeconds": 0 } }""")]
    [InlineData("webhook.toleranceSeconds", """{ "provider": "zopay", "webhook": { "toleranceSeconds": "5m" } }""")]
    [InlineData("polling.silence", """{ "provider": "zopay", "polling": { "silence": [] } }""")]
    [InlineData("polling.silence", """{ "provider": "zopay", "polling": { "silence": ["5 minutes"] } }""")]
    [InlineData("polling.slowest", """{ "provider": "zopay", "polling": { "slowest": "0s" } }""")]
    [InlineData("polling.deadline", """{ "provider": "zopay", "polling": { "deadline": 24 } }""")]
    [InlineData("polling.recheckAfterFinal", """{ "provider": "zopay", "polling": { "recheckAfterFinal": ["3d", "1d"] } }""")]
    [InlineData("polling.budget[0].requests", """{ "provider": "zopay", "polling": { "budget": [ { "requests": 0, "per": "1m" } ] } }""")]
    [InlineData("polling.budget[0].per", """{ "provider": "zopay", "polling": { "budget": [ { "requests": 1, "per": "2d" } ] } }""")]
    [InlineData("polling.timeout", """{ "provider": "zopay", "polling": { "timeout": "1h" } }""")]
    [InlineData("polling.verifyFinal", """{ "provider": "zopay", "polling": { "verifyFinal": "sometimes" } }""")]
    [InlineData("personalData.keepFor", """{ "provider": "zopay", "personalData": { "keepFor": "23h" } }""")]
    [InlineData("personalData.keepFor", """{ "provider": "zopay", "personalData": { "keepFor": "for ever" } }""")]
    [InlineData("personalData.keepFor", """{ "provider": "zopay", "personalData": { "keepFor": 400 } }""")]
    [InlineData("personalData.keep", """{ "provider": "zopay", "personalData": { "keep": "400d" } }""")]
    [InlineData("personalData", """{ "provider": "zopay", "personalData": "400d" }""")]
    [InlineData("polling.notFoundGrace", """{ "provider": "zopay", "polling": { "notFoundGrace": "-5m" } }""")]
    public void Is_refused_by_the_name_of_the_field(string field, string json) =>
        ProblemsOf(json).Select(problem => problem.Field).ShouldContain(field);

    [Fact]
    public async Task Changes_nothing()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        (await node.PutAsync("somewhere", """{ "provider": "zayono" }""")).Kind.ShouldBe(PutKind.Refused);
        (await node.PutAsync("somewhere", """[ ]""")).Kind.ShouldBe(PutKind.Refused);

        (await node.RevisionAsync()).ShouldBe(0);
        (await node.Store.AllAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public void Is_told_everything_that_is_wrong_with_it_at_once_and_no_value_of_it()
    {
        var problems = ProblemsOf("""
            { "provider": "zopay", "api": { "baseUrl": "hidden-value", "credentials": { "apikey": "hidden-value" } },
              "webhook": { "secrets": [ "hidden-value" ], "toleranceSeconds": -1 },
              "polling": { "slowest": "hidden-value", "budget": [ { "requests": "hidden-value" } ] }, "extra": "hidden-value" }
            """);

        problems.Select(problem => problem.Field).ShouldBe(
            [
                "extra", "api.baseUrl", "webhook.secrets[0]", "polling.slowest", "polling.budget[0].requests", "polling.budget[0].per",
                "webhook.toleranceSeconds",
                "api.credentials.apikey", "api.credentials.apiKey", "api.credentials.secretKey", "api.credentials.origin",
            ],
            ignoreOrder: true);
        problems.ShouldAllBe(problem => !problem.Problem.Contains("hidden-value", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8090/zayono", "live")]
    [InlineData("http://localhost:8090", "live")]
    [InlineData("http://simulator:8090/zayono", "sandbox")]
    public void Is_not_one_that_reaches_a_simulator_in_clear(string url, string environment) =>
        ProblemsOf($$"""
            { "provider": "zayono", "environment": "{{environment}}", "api": { "baseUrl": "{{url}}", "credentials": { "apiKey": "x" } } }
            """).ShouldBeEmpty();

    [Fact]
    public async Task Cannot_turn_a_connection_over_to_another_provider()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("somewhere", Documents.Zayono);

        (await node.PutAsync("somewhere", Documents.PawaPay)).Problems.ShouldHaveSingleItem().Field.ShouldBe("provider");
    }

    private static List<SettingProblem> ProblemsOf(string json)
    {
        var problems = new List<SettingProblem>();
        if (GivenConnection.Read(Encoding.UTF8.GetBytes(json), problems) is { } given)
            problems.AddRange(ConnectionDecision.Of(ConnectionKey.Parse("somewhere"), given, null, ConnectionSecrets.None).Problems);
        return [.. problems.DistinctBy(problem => problem.Field)];
    }
}
