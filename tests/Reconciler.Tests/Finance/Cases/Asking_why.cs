using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance.Cases;

public sealed class Asking_why(PostgresFixture postgres)
{
    [Fact]
    public async Task Is_answered_in_plain_words_whichever_rule_decided()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.AnnounceAsync("expected");
        await desk.AnnounceAsync("on-its-way");
        await desk.HearAsync("on-its-way", ObservedStatus.Processing);
        await desk.AnnounceAsync("asked");
        await desk.AnswerAsync("asked", ObservedStatus.Pending);
        await desk.AnnounceAsync("claimed");
        await desk.Service.AppendAsync(Evidences.Heard("claimed", ObservedStatus.Succeeded, desk.Clock.Now, verifyFinal: VerifyFinal.Always));
        await desk.HearAsync("reported", ObservedStatus.Succeeded);
        await desk.ContradictedAsync("confirmed");
        var resolved = await desk.ContradictedAsync("resolved");
        desk.Clock.Now += TimeSpan.FromHours(1);
        var number = await desk.ProposeAsync(resolved, ProposedOutcome.Failed);
        desk.Clock.Now += TimeSpan.FromHours(1);
        await desk.Resolve.ApproveAsync(resolved, number, "I asked, too.", Desk.Grace, default);
        await desk.AnnounceAsync("accepted", amount: 4000);
        await desk.AnswerAsync("accepted", ObservedStatus.Succeeded);
        var accepted = await desk.CaseAsync("accepted", DiscrepancyKind.AmountMismatch);
        await desk.ApproveAsync(accepted, await desk.ProposeAsync(accepted, ProposedOutcome.Dismiss));

        foreach (var payout in (string[])["expected", "on-its-way", "asked", "claimed", "reported", "confirmed", "resolved", "accepted"])
            await ShouldMatchAsync(desk, payout, $"why-{payout}");

        // What came after people had decided stands against it, and is a case.
        desk.Clock.Now += TimeSpan.FromHours(1);
        await desk.HearAsync("resolved", ObservedStatus.Succeeded);
        await ShouldMatchAsync(desk, "resolved", "why-resolved-and-contradicted");
    }

    // When the provider is asked next moves while the clock asks a provider that never answers.
    private static async Task ShouldMatchAsync(Desk desk, string payout, string golden)
    {
        var why = (await desk.Http.GetFromJsonAsync<JsonObject>($"/v1/payouts/zopay-test/{payout}/why"))!;
        why.Remove("next").ShouldBeTrue();
        using var shown = new HttpResponseMessage { Content = JsonContent.Create(why) };
        await Golden.ShouldMatchAsync(shown, golden);
    }
}
