using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access;
using Reconciler.Access.Users;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

public sealed class Signing_in(PostgresFixture postgres)
{
    [Fact]
    public async Task The_right_password_opens_the_pages_and_what_the_API_reads_out()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = new Browser(service.Address);
        var name = await Browser.UserAsync(service, Role.Viewer);

        var asked = await browser.Http.GetAsync("/payouts?status=failed");
        asked.StatusCode.ShouldBe(HttpStatusCode.Found);
        asked.Headers.Location!.ToString().ShouldEndWith("/sign-in?back=%2Fpayouts%3Fstatus%3Dfailed");

        var answer = await browser.SignInAsync(name, back: "/payouts?status=failed");
        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        answer.Headers.Location!.ToString().ShouldBe("/payouts?status=failed");
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("reconciler-session=", StringComparison.Ordinal));
        cookie.ShouldContain("httponly", Shouldly.Case.Insensitive);
        cookie.ShouldContain("samesite=lax", Shouldly.Case.Insensitive);

        (await browser.Http.GetAsync("/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.Http.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.Http.GetAsync("/v1/connections")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await browser.Http.GetAsync("/users")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_wrong_password_and_a_name_that_nobody_has_are_answered_alike()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = new Browser(service.Address);
        var name = await Browser.UserAsync(service);

        var wrong = await browser.SignInAsync(name, "another long password");
        var nobody = await browser.SignInAsync("nobody-here", "another long password");

        wrong.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Alike(await wrong.Content.ReadAsStringAsync(), name).ShouldBe(Alike(await nobody.Content.ReadAsStringAsync(), "nobody-here"));
        (await browser.Http.GetAsync("/payouts")).StatusCode.ShouldBe(HttpStatusCode.Found);

        static string Alike(string html, string who) =>
            System.Text.RegularExpressions.Regex.Replace(html.Replace(who, "who"), "name=\"form\" value=\"[^\"]+\"", "");
    }

    [Fact]
    public async Task After_five_wrong_passwords_even_the_right_one_waits()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        using var browser = new Browser(service.Address);
        var name = await Browser.UserAsync(service);

        for (var attempt = 0; attempt < SignInAttempts.FailuresMax; attempt++)
            (await browser.SignInAsync(name, $"wrong password {attempt}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SignInAsync(name)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        clock.Now += SignInAttempts.LockedFor + TimeSpan.FromSeconds(1);
        (await browser.SignInAsync(name)).StatusCode.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task A_form_without_the_token_of_its_page_is_refused()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        using var stranger = new Browser(service.Address);
        var theirs = await stranger.TokenAsync("/sign-in");

        foreach (var action in (string[])["/sign-in", "/sign-out", "/password", "/users", $"/users/{Guid.CreateVersion7()}/disable"])
        {
            (await browser.Http.PostAsync(action, new FormUrlEncodedContent([]))).StatusCode.ShouldBe(HttpStatusCode.BadRequest, action);
            (await browser.Http.PostAsync(action, new FormUrlEncodedContent([new("form", theirs)]))).StatusCode.ShouldBe(HttpStatusCode.BadRequest, action);
        }
    }

    [Fact]
    public async Task An_address_of_elsewhere_is_not_gone_to()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var name = await Browser.UserAsync(service);
        foreach (var back in (string[])["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"])
        {
            using var browser = new Browser(service.Address);
            var answer = await browser.SignInAsync(name, back: back);
            answer.StatusCode.ShouldBe(HttpStatusCode.Found, back);
            answer.Headers.Location!.ToString().ShouldBe("/", back);
        }
    }

    [Fact]
    public async Task Outside_this_machine_the_cookie_is_for_encrypted_connections_alone()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var page = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { Host = "pay.example.com" } };

        var answer = await service.Anonymous.SendAsync(page);

        answer.Headers.GetValues("Set-Cookie").ShouldAllBe(cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        (await answer.Content.ReadAsStringAsync()).ShouldContain("not encrypted");
    }

    [Fact]
    public async Task A_session_ends_when_it_is_not_used_and_when_it_is_old()
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var name = await Browser.UserAsync(service, Role.Viewer);
        using var idle = new Browser(service.Address);
        await idle.SignInAsync(name);
        clock.Now += TimeSpan.FromMinutes(61);
        (await idle.Http.GetAsync("/payouts")).StatusCode.ShouldBe(HttpStatusCode.Found);

        using var busy = new Browser(service.Address);
        await busy.SignInAsync(name);
        var began = clock.Now;
        while (clock.Now - began < TimeSpan.FromHours(12) - TimeSpan.FromMinutes(40))
        {
            clock.Now += TimeSpan.FromMinutes(40);
            (await busy.Http.GetAsync("/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK, (clock.Now - began).ToString());
        }

        clock.Now += TimeSpan.FromMinutes(40);
        (await busy.Http.GetAsync("/payouts")).StatusCode.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task Signing_out_ends_every_copy_of_the_session()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);
        var copy = string.Join("; ", browser.Cookies.Select(cookie => $"{cookie.Name}={cookie.Value}"));

        (await browser.PostAsync("/password", "/sign-out")).StatusCode.ShouldBe(HttpStatusCode.Found);

        var again = new HttpRequestMessage(HttpMethod.Get, "/v1/payouts");
        again.Headers.Add("Cookie", copy);
        (await service.Anonymous.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_password_that_somebody_else_chose_opens_nothing_until_it_is_changed()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = new Browser(service.Address);
        var name = await Browser.UserAsync(service, Role.Admin, mustChange: true);

        (await browser.SignInAsync(name)).Headers.Location!.ToString().ShouldBe("/password");
        (await browser.Http.GetAsync("/payouts")).Headers.Location!.ToString().ShouldEndWith("/password");
        (await browser.Http.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var changed = await browser.PostAsync("/password", "/password", new()
        {
            ["current"] = Browser.Password, ["wanted"] = "quite another password", ["again"] = "quite another password",
        });
        changed.Headers.Location!.ToString().ShouldBe("/");
        (await browser.Http.GetAsync("/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.SignInAsync(name)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Of_a_user_who_is_disabled_every_session_ends_on_every_node()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        using var browser = await Browser.SignedInAsync(first, Role.Viewer);
        using var there = new HttpClient { BaseAddress = second.Address };
        there.DefaultRequestHeaders.Add("Cookie", string.Join("; ", browser.Cookies.Select(cookie => $"{cookie.Name}={cookie.Value}")));
        await Eventually.TrueAsync(async () => (await there.GetAsync("/v1/payouts")).StatusCode == HttpStatusCode.OK, "The other node does not know the session.");

        var users = first.Services.GetRequiredService<UserStore>();
        var user = (await users.AllAsync(CancellationToken.None)).Single();
        (await users.DisableAsync(Actor.Service("test"), user.Id, CancellationToken.None)).User.ShouldNotBeNull();

        (await browser.Http.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await Eventually.TrueAsync(async () => (await there.GetAsync("/v1/payouts")).StatusCode == HttpStatusCode.Unauthorized, "The other node still lets the user in.");
    }
}
