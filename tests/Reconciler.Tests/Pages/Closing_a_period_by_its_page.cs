using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Reconciler.Access.Users;

namespace Reconciler.Tests.Pages;

[Collection(OneChromium.Name)]
public sealed class Closing_a_period_by_its_page(Chromium chromium)
{
    [Fact]
    public async Task An_approver_sees_what_it_would_freeze_and_closes_it_once()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Approver);
        var page = await context.NewPageAsync();

        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Periods" }).ClickAsync();
        await page.GetByLabel("Connection").Last.SelectOptionAsync("zopay-test");
        await page.GetByLabel("Day or month (UTC)").FillAsync(Stories.OpenDay);
        await page.GetByLabel("Day or month (UTC)").PressAsync("Enter");
        await Person.ArrivesAsync(page, $"/periods/zopay-test/{Stories.OpenDay}");
        await page.GetByText("Totals as they are now").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await page.GetByText("These totals stay as they are").WaitForAsync();
        (await page.GetByRole(AriaRole.Main).InnerTextAsync()).ShouldContain("what was reported still holds");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).CountAsync()).ShouldBe(0);
        var closed = (await chromium.Full.Http.GetFromJsonAsync<JsonNode>($"/v1/periods/zopay-test/{Stories.OpenDay}"))!;
        ((string)closed["closedBy"]!).ShouldStartWith("user:");
    }

    [Fact]
    public async Task What_moved_since_is_told_with_before_after_and_why()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Viewer);
        var page = await context.NewPageAsync();

        await page.GotoAsync("/periods");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "changes" }).First;
        (await row.InnerTextAsync()).ShouldContain("admin");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Person.ArrivesAsync(page, $"/periods/zopay-test/{Stories.ClosedDay}");

        (await page.Locator("tr", new() { HasText = "old-1" }).First.InnerTextAsync()).ShouldContain("The provider answered our own request with a final status.");
        (await page.Locator("tr", new() { HasText = "old-2" }).First.Locator(".mark").AllInnerTextsAsync()).ShouldBe(["processing", "succeeded"]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Its payouts, as they were known" }).ClickAsync();
        (await page.Locator("tbody .mark").AllInnerTextsAsync()).Order().ShouldBe(["processing", "processing", "succeeded"]);
    }

    [Fact]
    public async Task Who_may_not_approve_is_not_offered_it_and_what_is_not_over_cannot_be_closed()
    {
        await using var context = await chromium.OpenAsync(chromium.Full, Role.Analyst);
        var page = await context.NewPageAsync();

        await page.GotoAsync($"/periods/zopay-test/{TimeProvider.System.GetUtcNow():yyyy-MM}");
        (await page.GetByRole(AriaRole.Main).InnerTextAsync()).ShouldContain("It can be closed from");
        (await page.GetByRole(AriaRole.Button, new() { Name = "Close" }).CountAsync()).ShouldBe(0);
        await page.GotoAsync("/periods/zopay-test/2026-01");
        (await page.GetByRole(AriaRole.Main).InnerTextAsync()).ShouldContain("It takes the role of an approver to close a period.");
        (await page.GotoAsync("/periods/zopay-test/2026-13"))!.Status.ShouldBe(404);
        (await page.GotoAsync("/periods/nobody/2026-01"))!.Status.ShouldBe(404);
    }
}
