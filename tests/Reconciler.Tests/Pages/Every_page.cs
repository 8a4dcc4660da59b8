using System.Text;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Reconciler.Access.Users;
using Reconciler.Core;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Pages;

[Collection(OneChromium.Name)]
public sealed class Every_page(Chromium chromium)
{
    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    private const string Objections = """
        async rules => (await axe.run(document, { runOnly: rules, resultTypes: ["violations"] })).violations
            .map(wrong => `${wrong.id}, ${wrong.help}: ${wrong.nodes.slice(0, 3).map(node => node.html).join(" | ")}`)
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    // A theme changes colours only, and a width the layout: each of both is looked at, not each pair.
    [Theory]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 2560)]
    public async Task Has_nothing_that_axe_objects_to_and_fits_the_screen(ColorScheme scheme, int width)
    {
        var look = () => new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } };
        await using (var context = await chromium.OpenAsync(chromium.Full, Role.Approver, look()))
            await LookAsync(context, [.. await AddressesAsync(chromium.Full)]);
        await using (var context = await chromium.OpenAsync(chromium.Full, Role.Admin, look()))
            await LookAsync(
                context, "/users", "/audit", "/password", "/connections", "/connections/zopay-test", "/connections/zopay-test/settings", "/connections/_new",
                "/connections/_new?provider=pawapay", "/connections/zopay-test/unreadable", "/connections/pawapay-test/unreadable",
                $"/connections/zopay-test/unreadable/{EvidenceDigest.Of(Encoding.UTF8.GetBytes(Stories.NotUnderstood))}");
        await using (var context = await chromium.OpenAsync(chromium.Empty, Role.Approver, look()))
            await LookAsync(context, "/", "/payouts", "/payouts?status=failed", "/cases", "/periods", "/connections");
        await using (var context = await chromium.OpenAsync(chromium.Empty, null, look()))
            await LookAsync(context, "/sign-in");
    }

    private static async Task<IEnumerable<string>> AddressesAsync(ServiceHost service)
    {
        var kept = await service.Http.GetStringAsync($"/v1/payouts/zopay-test/{Stories.Contested}/why");
        var digest = System.Text.RegularExpressions.Regex.Match(kept, "\"digest\":\"([0-9a-f]{64})\"").Groups[1].Value;
        var cases = await service.Http.GetStringAsync($"/v1/discrepancies?payout=zopay-test/{Stories.Contested}");
        var id = System.Text.RegularExpressions.Regex.Match(cases, "\"id\":\"([0-9a-f-]{36})\"").Groups[1].Value;
        return
        [
            "/", "/payouts", "/payouts?status=nonsense", $"/payouts/zopay-test/{Stories.Contested}", $"/payouts/zopay-test/{Stories.Contested}?knownAt=2026-01-01T00:00:00Z",
            $"/payouts/zopay-test/{Stories.Contested}/evidence/{digest}", "/cases", $"/cases/{id}", "/connections", "/connections/zopay-test",
            "/periods", "/periods?connection=zopay-test", $"/periods/zopay-test/{Stories.ClosedDay}", $"/periods/zopay-test/{Stories.OpenDay}", "/periods/zopay-test/2999-12",
            $"/payouts?connection=zopay-test&knownAt={Stories.ClosedDay}",
            "/payouts/zopay-test/nothing", "/nowhere", "/users",
        ];
    }

    private static async Task LookAsync(IBrowserContext context, params string[] addresses)
    {
        var page = await context.NewPageAsync();
        var troubles = new List<string>();
        page.PageError += (_, error) => troubles.Add(error);
        foreach (var address in addresses)
        {
            (await page.GotoAsync(address))!.Status.ShouldBeLessThan(500, address);
            await page.EvaluateAsync(Axe);
            (await page.EvaluateAsync<string[]>(Objections, Rules)).ShouldBeEmpty(address);
            var tooWide = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            tooWide.ShouldBe(0, address);
            (await page.TitleAsync()).ShouldEndWith("Reconciler", customMessage: address);
        }

        troubles.ShouldBeEmpty();
    }
}
