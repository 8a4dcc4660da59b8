using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reconciler.Access.Users;
using Reconciler.Tests.Access;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Pages;

public sealed partial class Editing_a_connection_by_form(PostgresFixture postgres)
{
    private const string New = "/connections/_new";
    private const string Settings = "/connections/zopay-test/settings";
    private const string Hidden = "sk_by_form_4711";

    [Theory]
    [InlineData("caurisflux", "publicKey", "secretKey")]
    [InlineData("awdpay", "apiKey", "secretKey")]
    [InlineData("zayono", "apiKey")]
    [InlineData("pawapay", "token")]
    [InlineData("zopay", "apiKey", "secretKey", "origin")]
    public async Task Makes_one_with_each_provider_that_its_documentation_fills_up(string provider, params string[] credentials)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        var page = $"{New}?provider={provider}";
        var given = credentials.ToDictionary(name => $"api.credentials.{name}", name => name == "origin" ? "https://example.com" : Hidden);

        using var without = await browser.PostAsync(page, New, new() { ["provider"] = provider, ["key"] = "by-form" });
        without.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        Wrong(await without.Content.ReadAsStringAsync()).ShouldBe(credentials.Select(name => $"f-api-credentials-{name}"), ignoreOrder: true);
        using var made = await browser.PostAsync(page, New, new(given) { ["provider"] = provider, ["key"] = "by-form" });

        (made.StatusCode, made.Headers.Location).ShouldBe((HttpStatusCode.Found, new Uri("/connections/by-form", UriKind.Relative)));
        var kept = await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/by-form");
        ((string)kept!["provider"]!).ShouldBe(provider);
        kept["polling"].ShouldBeNull();
        kept["webhook"]!["toleranceSeconds"].ShouldBeNull();
        (await browser.Http.GetStringAsync("/connections/by-form")).ShouldNotContain(Hidden);
        (await browser.Http.GetStringAsync("/connections/by-form/settings")).ShouldNotContain(Hidden);
    }

    [Fact]
    public async Task Names_each_field_that_is_wrong_and_keeps_what_was_typed()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);

        using var refused = await browser.PostAsync(Settings, Settings, await FormAsync(browser, new()
        {
            ["api.baseUrl"] = "ftp://nowhere", ["webhook.toleranceSeconds"] = "many", ["polling.silence"] = "30s, soon", ["polling.budget"] = "100 per 1m, a lot",
            ["polling.deadline"] = "never", ["personalData.keepFor"] = "an hour", ["webhook.allowedAddresses"] = "1.2.3", ["environment"] = "<b>sandbox</b>",
        }));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var html = await refused.Content.ReadAsStringAsync();
        Wrong(html).ShouldBe(
            ["f-webhook-toleranceSeconds", "f-polling-silence", "f-polling-budget", "f-polling-deadline", "f-webhook-allowedAddresses", "f-personalData-keepFor"], ignoreOrder: true);
        html.ShouldContain("value=\"30s, soon\"");
        html.ShouldContain("&lt;b&gt;sandbox&lt;/b&gt;");
        (await service.Http.GetStringAsync("/v1/connections/zopay-test")).ShouldNotContain("soon");
    }

    [Fact]
    public async Task Changes_what_was_typed_and_leaves_everything_else_as_it_was()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        var before = await PutAsync(service, """
            {"provider": "zopay", "environment": "sandbox", "api": {"baseUrl": "http://127.0.0.1:1", "credentials": {"apiKey": "***", "secretKey": "***", "origin": "***"}},
             "webhook": {"secrets": [{"id": "2026-11", "secret": "***", "notAfter": "2030-01-01T00:00:00Z"}], "deliveryIdHeaders": ["X-Mine"], "toleranceSeconds": 120},
             "polling": {"silence": ["10s", "1m"], "budget": [{"requests": 5, "per": "1s"}], "verifyFinal": "always"}}
            """);

        using var saved = await browser.PostAsync(Settings, Settings, await FormAsync(browser, new()
        {
            ["polling.silence"] = "20s,  2m", ["polling.budget"] = "7 per 1s, 100 per 1m", ["polling.verifyFinal"] = "", ["webhook.allowedAddresses"] = "10.0.0.0/8",
        }));

        saved.StatusCode.ShouldBe(HttpStatusCode.Found);
        var after = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!;
        before["polling"] = JsonNode.Parse("""{"silence": ["20s", "2m"], "budget": [{"requests": 7, "per": "1s"}, {"requests": 100, "per": "1m"}]}""");
        before["webhook"]!["allowedAddresses"] = new JsonArray("10.0.0.0/8");
        JsonNode.DeepEquals(Known(after), Known(before)).ShouldBeTrue($"{after}\n{before}");
        using var again = await browser.PostAsync(Settings, Settings, await FormAsync(browser, []));
        again.StatusCode.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Two_who_change_it_at_once_do_not_undo_each_other()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        var form = await FormAsync(browser, new() { ["polling.deadline"] = "2d" });
        using (await browser.PostAsync(Settings, Settings, await FormAsync(browser, new() { ["polling.slowest"] = "1h" })))
        {
        }

        using var late = await browser.PostAsync(Settings, Settings, form);

        late.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await late.Content.ReadAsStringAsync()).ShouldContain("Somebody changed this connection");
        ((string?)(await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!["polling"]!["slowest"]).ShouldBe("1h");
    }

    [Fact]
    public async Task Deletes_only_what_is_empty_and_named_once_more()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        await Keys.ExpectAsync(service.Http, "pawapay-test", "p-1");

        (await DeleteAsync("zopay-test", "another")).ShouldContain("That is not its key");
        (await DeleteAsync("pawapay-test", "pawapay-test")).ShouldContain("knows payouts");
        (await DeleteAsync("zopay-test", "zopay-test")).ShouldBeEmpty();

        (await service.Http.GetAsync("/v1/connections/zopay-test")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var audit = await service.Http.GetStringAsync("/v1/audit?act=connection.deleted");
        audit.ShouldContain("connection:zopay-test");
        audit.ShouldNotContain("pawapay-test");

        async Task<string> DeleteAsync(string key, string typed)
        {
            using var answer = await browser.PostAsync($"/connections/{key}/settings", $"/connections/{key}/delete", new() { ["key"] = typed });
            return answer.StatusCode == HttpStatusCode.Found ? "" : await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task Refuses_a_name_that_is_taken_or_none()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);

        foreach (var (name, says) in ((string, string)[])[("zopay-test", "There is a connection of this name already."), ("Not A Key", "A key has 1 to 63")])
        {
            using var refused = await browser.PostAsync($"{New}?provider=zayono", New, new() { ["provider"] = "zayono", ["key"] = name, ["api.credentials.apiKey"] = Hidden });
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await refused.Content.ReadAsStringAsync()).ShouldContain(says);
        }

        (await browser.Http.GetStringAsync(New)).ShouldContain("Which one?");
    }

    [Fact]
    public async Task Is_for_administrators_alone()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service, Role.Approver);

        (await browser.Http.GetStringAsync("/connections")).ShouldNotContain("New connection");
        foreach (var address in (string[])[New, Settings]) (await browser.Http.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        foreach (var address in (string[])[New, Settings, "/connections/zopay-test/delete"])
        {
            using var refused = await browser.Http.PostAsync(address, new FormUrlEncodedContent([]));
            refused.IsSuccessStatusCode.ShouldBeFalse(address);
        }
    }

    private static async Task<JsonNode> PutAsync(ServiceHost service, string json)
    {
        using var put = await service.Http.PutAsync("/v1/connections/zopay-test", new StringContent(json, Encoding.UTF8, "application/json"));
        put.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await put.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    // As a browser would send the form that it was shown, with some fields typed into.
    private static async Task<Dictionary<string, string>> FormAsync(Browser browser, Dictionary<string, string> typed)
    {
        var html = await browser.Http.GetStringAsync(Settings);
        var form = Inputs().Matches(html).DistinctBy(input => input.Groups[1].Value).ToDictionary(input => input.Groups[1].Value, input => WebUtility.HtmlDecode(input.Groups[2].Value));
        form["polling.verifyFinal"] = Regex.Match(html, "<option value=\"([a-z]+)\" selected").Groups[1].Value;
        foreach (var (name, value) in typed) form[name] = value;
        return form;
    }

    private static IEnumerable<string> Wrong(string html) => WrongFields().Matches(html).Select(found => found.Groups[1].Value);

    // What the API leaves out where nothing is said.
    private static JsonNode Known(JsonNode document)
    {
        foreach (var part in document.AsObject().Select(member => member.Value).OfType<JsonObject>().Append(document.AsObject()).ToList())
            foreach (var name in part.Where(member => member.Value is null).Select(member => member.Key).ToList()) part.Remove(name);
        return document;
    }

    [GeneratedRegex("<input (?:type=\"hidden\" )?name=\"([a-zA-Z.]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Inputs();

    [GeneratedRegex("class=\"wrong\" id=\"([^\"]+)\"")]
    private static partial Regex WrongFields();
}
