using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Reconciler.Access.Users;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed class Answers_in_a_browser(PostgresFixture postgres)
{
    [Fact]
    public async Task May_do_as_little_as_they_need()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        foreach (var path in (string[])["/", "/payouts", "/connections", "/users", "/audit", "/password", "/sign-in", "/nothing-here", "/v1/payouts", "/v1/nothing", "/docs/index.html", "/openapi/v1.json"])
        {
            var answer = await browser.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } });
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldStartWith("default-src 'none'", Shouldly.Case.Sensitive, path);
            policy.ShouldContain("frame-ancestors 'none'", Shouldly.Case.Sensitive, path);
            if (!path.StartsWith("/docs", StringComparison.Ordinal)) policy.ShouldNotContain("unsafe", Shouldly.Case.Sensitive, path);
            foreach (var header in (string[])["X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"])
                answer.Headers.Contains(header).ShouldBeTrue($"{path}: {header}");
            if (!path.StartsWith("/docs", StringComparison.Ordinal)) answer.Headers.CacheControl!.NoStore.ShouldBeTrue(path);
            answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse(path);

            // What the policy forbids would not work: no page of ours has any.
            if (path.StartsWith("/docs", StringComparison.Ordinal) || answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            var html = await answer.Content.ReadAsStringAsync();
            Regex.IsMatch(html, "<script(?![^>]* src=)|<style| style=\"| on[a-z]+=\"").ShouldBeFalse(path);
        }
    }

    [Fact]
    public async Task A_session_changes_nothing_over_the_API_without_the_token_of_a_page()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service, Role.Admin);

        var without = await browser.Http.PostAsJsonAsync("/v1/keys", new { name = "forged", scopes = new[] { "admin" } });
        without.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await without.Content.ReadAsStringAsync()).ShouldContain("form-token-missing");
        (await browser.Http.DeleteAsync("/v1/connections/zopay-test")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        browser.Http.DefaultRequestHeaders.Add("X-Form", await browser.TokenAsync("/payouts"));
        (await browser.Http.PostAsJsonAsync("/v1/keys", new { name = "meant", scopes = new[] { "admin" } })).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_callers_word_about_its_address_is_believed_of_known_proxies_alone()
    {
        await using var plain = await ServiceHost.StartAsync(postgres);
        await using var proxied = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:KnownProxies"] = "127.0.0.1" });
        foreach (var (service, address, isSecure) in new[] { (plain, "127.0.0.1", false), (proxied, "203.0.113.7", true) })
        {
            var make = new HttpRequestMessage(HttpMethod.Post, "/v1/keys") { Content = JsonContent.Create(new { name = "x", scopes = new[] { "finance:read" } }) };
            make.Headers.Add("X-Forwarded-For", "203.0.113.7");
            make.Headers.Add("X-Forwarded-Proto", "https");
            make.Headers.Host = "pay.example.com";
            var answer = await service.Http.SendAsync(make);
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            answer.Headers.Contains("Strict-Transport-Security").ShouldBe(isSecure);
            (await service.Http.GetStringAsync("/v1/audit?act=key.created")).ShouldContain($"\"address\":\"{address}\"");
        }
    }

    [Fact]
    public async Task An_administrator_makes_users_and_the_last_one_stays()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);

        var added = await (await browser.PostAsync("/users", "/users", new() { ["name"] = "Amina@Example.com", ["role"] = "analyst" })).Content.ReadAsStringAsync();
        var password = WebUtility.HtmlDecode(Regex.Match(added, "<code>([^<]+)</code>").Groups[1].Value);
        using var hers = new Browser(service.Address);
        (await hers.SignInAsync("amina@example.com", password)).Headers.Location!.ToString().ShouldBe("/password");

        var users = await browser.Http.GetStringAsync("/users");
        var ids = Regex.Matches(users, "/users/([0-9a-f-]{36})/role").Select(match => match.Groups[1].Value).Distinct().ToList();
        ids.Count.ShouldBe(2);
        var answers = new List<HttpStatusCode>();
        foreach (var id in ids) answers.Add((await browser.PostAsync("/users", $"/users/{id}/disable")).StatusCode);
        answers.ShouldBe([HttpStatusCode.Found, HttpStatusCode.UnprocessableEntity], ignoreOrder: true);
        (await hers.Http.GetAsync("/password")).Headers.Location!.ToString().ShouldContain("/sign-in");
    }
}
