using System.Net;
using System.Net.Http.Json;
using System.Text;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Pages;

/// <summary>A few payouts as a day brings them: good ones, bad ones, contested ones, and one whose every word is hostile.</summary>
internal static class Stories
{
    internal const string Contested = "contested-1";

    /// <summary>A signed delivery that says nothing that we know.</summary>
    internal const string NotUnderstood = """{"event":"payout.<script>ran()</script>","says":["what?"]}""";

    /// <summary>A day that is closed, and of which a payout moved since.</summary>
    internal static readonly string ClosedDay = Day(-2);

    /// <summary>The day before it, which is over and not closed.</summary>
    internal static readonly string OpenDay = Day(-3);

    /// <summary>Markup, a slash, a blank, percent signs, and a mark that turns the direction of writing.</summary>
    internal const string HostileId = "<script>ran()</script>/a b%2Fc\u202E\"'&d";

    internal const string Hostile = "<img src=x onerror=ran()>\u202Egnp.exe\u200B</td><script>ran()</script>";

    internal static async Task TellAsync(ServiceHost service)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var number = 1; number <= 12; number++)
        {
            var id = $"p-{number}";
            await RegisterAsync(service, id, $"order-{number}", $"{number * 1250}", "XOF");
            if (number > 10) continue;
            await service.AppendAsync(Evidences.Heard(id, ObservedStatus.Processing, now.AddSeconds(-50), now.AddSeconds(-60)));
            if (number > 8) continue;
            await service.AppendAsync(Evidences.Answered(id, Ends[number % Ends.Length], now.AddSeconds(-20), now.AddSeconds(-40)));
        }

        await RegisterAsync(service, Contested, "order-contested", "5000", "XOF");
        await service.AppendAsync(Evidences.Heard(Contested, ObservedStatus.Failed, now.AddSeconds(-30), now.AddSeconds(-90)));
        await service.AppendAsync(Evidences.Answered(Contested, ObservedStatus.Succeeded, now.AddSeconds(-10), now.AddSeconds(-80)));
        await service.AppendAsync(Words.Unreadable(NotUnderstood));
        await TellHostileAsync(service, now);
        await TellClosedDayAsync(service, now.AddDays(-2));
    }

    private static string Day(int days) => TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static async Task TellClosedDayAsync(ServiceHost service, DateTimeOffset then)
    {
        foreach (var id in (string[])["old-1", "old-2", "old-3"]) await service.AppendAsync(Evidences.Heard(id, ObservedStatus.Processing, then));
        await service.AppendAsync(Evidences.Heard("old-1", ObservedStatus.Succeeded, then));
        (await service.Http.PostAsync($"/v1/periods/zopay-test/{ClosedDay}/close", null)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await service.AppendAsync(Evidences.Answered("old-1", ObservedStatus.Failed, TimeProvider.System.GetUtcNow()));
        await service.AppendAsync(Evidences.Heard("old-2", ObservedStatus.Succeeded, TimeProvider.System.GetUtcNow()));
    }

    internal static async Task RegisterAsync(
        ServiceHost service, string id, string reference, string amount, string currency, Dictionary<string, string>? metadata = null)
    {
        using var answer = await service.Http.PostAsJsonAsync("/v1/payouts", new
        {
            connection = "zopay-test", providerPayoutId = id, reference, amount, currency, recipient = "+221771234567", metadata,
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private static readonly ObservedStatus[] Ends = [ObservedStatus.Succeeded, ObservedStatus.Failed, ObservedStatus.Succeeded, ObservedStatus.Cancelled];

    private static async Task TellHostileAsync(ServiceHost service, DateTimeOffset now)
    {
        await RegisterAsync(service, HostileId, Hostile, "77", "XOF", new() { [Hostile] = Hostile });
        var heard = Evidences.Heard("hostile", ObservedStatus.Failed, now.AddSeconds(-5));
        var payout = PayoutId.Parse($"{Evidences.Connection}/{HostileId}");
        var body = Encoding.UTF8.GetBytes($$"""{"payout":"</code></pre><script>ran()</script>","name":"{{Hostile}}"}""");
        var digest = EvidenceDigest.Of(body);
        var failure = Failure.Of(FailureCode.Other, Hostile, Hostile);
        var evidence = heard.Evidence with
        {
            Digest = digest, Body = body, StreamId = payout.StreamId, ContentType = "text/html", HeadersJson = """{"x-name":["<script>ran()</script>"]}"""u8.ToArray(),
        };
        var said = heard.Received! with
        {
            Payout = payout,
            Digest = digest,
            Observation = heard.Received.Observation with { Word = Hostile, Failure = failure, ProviderReference = Hostile, Reference = Hostile },
        };
        await service.AppendAsync(new KeepDelivery(evidence, said, heard.Policy));
    }
}
