using Microsoft.Playwright;
using Reconciler.Access.Users;

namespace Reconciler.Tests.Pages;

[Collection(OneChromium.Name)]
public sealed class Hostile_words(Chromium chromium)
{
    [Fact]
    public async Task Are_shown_as_text_are_reached_by_links_and_run_nowhere()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Analyst);
        var ran = 0;
        await context.ExposeFunctionAsync("ran", () => ran++);
        var page = await context.NewPageAsync();

        await page.GotoAsync("/payouts");
        await page.GetByRole(AriaRole.Link, new() { Name = "a b%2Fc" }).ClickAsync();

        var title = page.GetByRole(AriaRole.Heading, new() { Level = 1 });
        (await title.InnerTextAsync()).ShouldBe(Stories.HostileId.Replace("\u202E", "U+202E"));
        (await page.Locator("bdi.said .ctl").CountAsync()).ShouldBeGreaterThan(3);
        (await page.GetByText("<img src=x onerror=ran()>").CountAsync()).ShouldBeGreaterThan(2);
        (await page.Locator("main img, main script").CountAsync()).ShouldBe(0);

        await page.GetByRole(AriaRole.Link, new() { Name = "kept bytes" }).First.ClickAsync();
        (await page.Locator("pre").First.InnerTextAsync()).ShouldContain("</code></pre><script>ran()</script>");
        (await page.GetByText("x-name").CountAsync()).ShouldBe(1);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Breadcrumb" }).GetByRole(AriaRole.Link).Last.ClickAsync();
        (await title.InnerTextAsync()).ShouldStartWith("<script>ran()</script>/a b%2Fc");
        ran.ShouldBe(0);
    }

    [Fact]
    public async Task In_an_address_come_back_after_signing_in()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, null);
        var name = await Access.Browser.UserAsync(chromium.Full, Role.Viewer);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"/payouts/zopay-test/{Uri.EscapeDataString(Stories.HostileId)}");
        await Person.SignInAsync(page, name);

        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).ShouldStartWith("<script>ran()</script>/a b%2Fc");
    }
}
