using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Reconciler.Access.Users;
using Reconciler.Core;
using Reconciler.Tests.Finance;

namespace Reconciler.Tests.Pages;

[Collection(OneChromium.Name)]
public sealed class The_whole_journey(Chromium chromium)
{
    [Fact]
    public async Task From_signing_in_to_a_decision_of_two_that_moves_the_ledger()
    {
        var service = chromium.Full;
        var now = TimeProvider.System.GetUtcNow();
        await Stories.RegisterAsync(service, "journey", "order-journey", "12500", "XOF");
        await service.AppendAsync(Evidences.Answered("journey", ObservedStatus.Succeeded, now.AddSeconds(-30)));
        await service.AppendAsync(Evidences.Answered("journey", ObservedStatus.Failed, now.AddSeconds(-10)));
        var (analyst, approver) = (await Access.Browser.UserAsync(service, Role.Analyst), await Access.Browser.UserAsync(service, Role.Approver));

        await using (var context = await chromium.OpenAsync(service, null))
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync("/payouts");
            await Person.SignInAsync(page, analyst);
            await page.GetByLabel("Reference, id, last 4 digits").FillAsync("order-journ");
            await page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();
            page.Url.ShouldEndWith("/payouts?q=order-journ");
            await page.GetByRole(AriaRole.Link, new() { Name = "journey" }).ClickAsync();
            (await page.Locator(".why-sentence").InnerTextAsync()).ShouldContain("the provider answered that the payout succeeded");

            await page.GetByRole(AriaRole.Link, new() { Name = "reversal" }).ClickAsync();
            (await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()).ShouldBe("Reversal");
            await page.GetByRole(AriaRole.Radio, new() { Name = "failed" }).CheckAsync();
            await page.GetByLabel("Why: whoever reads it later was not there").FillAsync("The money came back <b>today</b>.");
            await page.GetByRole(AriaRole.Button, new() { Name = "Propose" }).ClickAsync();
            await page.GetByText("It counts as soon as a second person approves it.").WaitForAsync();
            (await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).CountAsync()).ShouldBe(0);
        }

        var before = await HeadAsync(0);
        await using (var context = await chromium.OpenAsync(service, null))
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync("/cases?state=proposed");
            await Person.SignInAsync(page, approver);
            await page.Locator("tr", new() { HasText = "journey" }).GetByRole(AriaRole.Link, new() { Name = "reversal" }).ClickAsync();
            (await page.Locator("blockquote").InnerTextAsync()).ShouldBe("The money came back <b>today</b>.");
            await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
            await page.GetByText("Approved: the case is settled").WaitForAsync();

            await page.GotoAsync("/payouts?q=order-journey");
            (await page.Locator("tbody .mark").First.InnerTextAsync()).ShouldBe("failed");
            var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export CSV" }).ClickAsync());
            (await File.ReadAllTextAsync(await download.PathAsync())).ShouldContain("order-journey,failed,true,resolved,12500,XOF");
        }

        var moved = await ChangesAsync(before);
        moved.ShouldContain(change => (string)change["payout"]! == "zopay-test/journey" && (string)change["to"]! == "failed" && (string)change["confidence"]! == "resolved");
    }

    private async Task<long> HeadAsync(long after)
    {
        var page = (await chromium.Full.Http.GetFromJsonAsync<JsonNode>($"/v1/changes?limit=1000&after={after}"))!;
        return long.Parse((string)page["next"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<List<JsonNode>> ChangesAsync(long after) =>
        [.. (await chromium.Full.Http.GetFromJsonAsync<JsonNode>($"/v1/changes?limit=1000&after={after}"))!["changes"]!.AsArray().Select(change => change!)
            .Where(change => (string)change["kind"]! == "payout.status_changed")];
}
