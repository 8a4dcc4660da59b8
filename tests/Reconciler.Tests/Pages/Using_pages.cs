using Microsoft.Playwright;
using Reconciler.Access.Users;
using Reconciler.Core;
using Reconciler.Tests.Finance;

namespace Reconciler.Tests.Pages;

[Collection(OneChromium.Name)]
public sealed class Using_pages(Chromium chromium)
{
    [Fact]
    public async Task Without_script_all_of_it_is_there_and_times_are_in_UTC()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Analyst, new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();

        await page.GotoAsync("/payouts");
        await page.GetByText("Status", new() { Exact = true }).First.ClickAsync();
        await page.GetByLabel("failed").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();

        page.Url.ShouldEndWith("/payouts?status=failed");
        (await page.Locator("tbody .mark").AllInnerTextsAsync()).Distinct().ShouldBe(["failed"]);
        (await page.Locator("footer").InnerTextAsync()).ShouldContain("shown in UTC");
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        page.Url.ShouldEndWith("/payouts?status=failed");
        (await page.Locator("html").GetAttributeAsync("data-theme")).ShouldBe("dark");
    }

    [Fact]
    public async Task Times_are_in_the_readers_zone_and_tell_UTC_too()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Viewer);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"/payouts/zopay-test/{Stories.Contested}");
        await page.GetByText("shown in Africa/Lagos").WaitForAsync();

        var time = page.Locator("main time").First;
        var utc = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, System.Globalization.CultureInfo.InvariantCulture);
        (await time.GetAttributeAsync("title"))!.ShouldEndWith("UTC");
        (await time.InnerTextAsync()).ShouldEndWith(utc.AddHours(1).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Viewer);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/payouts");

        await page.Keyboard.PressAsync("Tab");
        (await page.Locator(":focus").InnerTextAsync()).ShouldBe("Skip to content");
        await page.Keyboard.PressAsync("/");
        (await page.Locator(":focus").GetAttributeAsync("id")).ShouldBe("find");
        await page.Keyboard.TypeAsync("order-3");
        await page.Keyboard.PressAsync("Enter");
        await Person.ArrivesAsync(page, "/payouts?q=order-3");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Person.ArrivesAsync(page, "/payouts/zopay-test/p-3");
    }

    [Fact]
    public async Task A_payout_that_moves_is_seen_to_move_while_its_page_is_open()
    {
        await Stories.RegisterAsync(chromium.Full, "moving", "order-moving", "100", "XOF");
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Viewer);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/payouts/zopay-test/moving");
        (await page.Locator(".why .mark").First.InnerTextAsync()).ShouldBe("pending");

        await chromium.Full.AppendAsync(Evidences.Heard("moving", ObservedStatus.Succeeded, TimeProvider.System.GetUtcNow()));

        await page.Locator(".why .mark.succeeded").First.WaitForAsync();
        await Assertions.Expect(page.Locator("#news")).ToContainTextAsync("taken up");
    }

    [Fact]
    public async Task A_view_is_kept_for_the_person_who_kept_it()
    {
        var name = await Access.Browser.UserAsync(chromium.Full, Role.Viewer);
        await using var context = await chromium.OpenAsync(chromium.Full, null);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/payouts?status=cancelled");
        await Person.SignInAsync(page, name);

        await page.GetByText("Keep a view").First.ClickAsync();
        await page.GetByLabel("Name of these filters").FillAsync("<i>My cancelled</i>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await page.GotoAsync("/payouts");
        await page.GetByRole(AriaRole.Link, new() { Name = "<i>My cancelled</i>" }).ClickAsync();

        page.Url.ShouldEndWith("/payouts?status=cancelled");
        await using var other = await chromium.OpenAsync(chromium.Full, Role.Analyst);
        var theirs = await other.NewPageAsync();
        await theirs.GotoAsync("/payouts");
        (await theirs.GetByText("My cancelled").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Who_only_reads_is_offered_nothing_else_and_refused_it()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Viewer);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"/payouts/zopay-test/{Stories.Contested}");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Ask the provider now" }).CountAsync()).ShouldBe(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "contradiction" }).ClickAsync();
        (await page.GetByRole(AriaRole.Button, new() { Name = "Propose" }).CountAsync()).ShouldBe(0);

        (await page.GotoAsync("/users"))!.Status.ShouldBe(403);
        (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).ShouldBe("You may not see this");
    }
}
