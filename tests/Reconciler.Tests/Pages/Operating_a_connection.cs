using System.Net;
using Reconciler.Access.Users;
using Reconciler.Tests.Access;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Pages;

public sealed class Operating_a_connection(PostgresFixture postgres)
{
    private const string Page = "/connections/zopay-test";
    private const string Next = "whsec_by_page_4711";

    [Fact]
    public async Task Is_done_by_forms_that_show_what_came_of_it()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service);

        (await DoAsync(browser, "check")).ShouldContain("The host takes no connection");
        (await DoAsync(browser, "test")).ShouldContain("The test delivery arrived.");
        (await DoAsync(browser, "add", new() { ["id"] = "2026-12", ["secret"] = Next })).ShouldBeEmpty();
        (await DeliverAsync(service, "a", Next)).ShouldBe(HttpStatusCode.OK);
        (await DeliverAsync(service, "b", "whsec_test")).ShouldBe(HttpStatusCode.OK);
        (await DoAsync(browser, "retire", new() { ["id"] = "2026-12" })).ShouldContain("It verified a delivery at");
        (await DoAsync(browser, "add", new() { ["id"] = "2026-12", ["secret"] = Next })).ShouldContain("has a secret &#x27;2026-12&#x27; already");
        (await DoAsync(browser, "pause")).ShouldBeEmpty();
        (await DeliverAsync(service, "c", Next)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        var paused = await browser.Http.GetStringAsync(Page);
        paused.ShouldContain("It is paused by an operator");
        paused.ShouldNotContain(Next);
        (await DoAsync(browser, "resume")).ShouldBeEmpty();
        (await DeliverAsync(service, "c", Next)).ShouldBe(HttpStatusCode.OK);

        using var nothing = await browser.PostAsync(Page, $"{Page}/nothing");
        nothing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Is_for_administrators_alone()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var browser = await Browser.SignedInAsync(service, Role.Approver);

        (await browser.Http.GetStringAsync(Page)).ShouldNotContain("Send a test delivery");
        foreach (var act in (string[])["check", "test", "pause", "resume", "add", "retire", "read"])
        {
            using var refused = await browser.Http.PostAsync($"{Page}/{act}", new FormUrlEncodedContent([]));
            refused.IsSuccessStatusCode.ShouldBeFalse(act);
        }

        (await DeliverAsync(service, "a", "whsec_test")).ShouldBe(HttpStatusCode.OK);
    }

    // Empty where it leads back to the page.
    private static async Task<string> DoAsync(Browser browser, string act, Dictionary<string, string>? fields = null)
    {
        using var answer = await browser.PostAsync(Page, $"{Page}/{act}", fields);
        if (answer.StatusCode != HttpStatusCode.Found) return await answer.Content.ReadAsStringAsync();
        answer.Headers.Location.ShouldBe(new Uri(Page, UriKind.Relative));
        return "";
    }

    private static async Task<HttpStatusCode> DeliverAsync(ServiceHost service, string payout, string secret)
    {
        using var answer = await service.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test", secret));
        return answer.StatusCode;
    }
}
