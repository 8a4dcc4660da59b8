using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>Reads and checks <c>polling</c> (section 7): here every span is known to be one, and every list to be bounded.</summary>
internal static class PollingReading
{
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BudgetSpanMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BudgetSpanMax = TimeSpan.FromDays(1);

    public static PollingDocument? Read(MemberReader? polling)
    {
        if (polling is null) return null;
        var document = new PollingDocument(
            Spans(polling, "silence"),
            Span(polling, "slowest"),
            Span(polling, "deadline"),
            Spans(polling, "recheckAfterFinal"),
            polling.Objects("budget")?.Select(Budget).OfType<BudgetDocument>().ToList(),
            Span(polling, "timeout"),
            Verify(polling),
            Span(polling, "notFoundGrace"));
        if (document.Silence is { Count: 0 }) polling.Problem("silence", "At least one step is needed.");
        if (Parsed(document.Timeout) > TimeoutMax) polling.Problem("timeout", $"At most {Duration.Text(TimeoutMax)}.");
        if (document.RecheckAfterFinal is { } rechecks && !Ascend([.. rechecks.Select(Duration.Parse)]))
            polling.Problem("recheckAfterFinal", "Each counts from the final on, so that each is longer than the one before.");
        polling.Close();
        return document;
    }

    private static BudgetDocument? Budget(MemberReader budget)
    {
        var requests = budget.Whole("requests");
        var per = Span(budget, "per");
        if (requests is null or < 1) budget.Problem("requests", "1 or more requests are needed.");
        if (per is null || Duration.Parse(per) < BudgetSpanMin || Duration.Parse(per) > BudgetSpanMax)
            budget.Problem("per", $"A span from {Duration.Text(BudgetSpanMin)} to {Duration.Text(BudgetSpanMax)} is needed.");
        budget.Close();
        return requests is { } count && per is not null ? new BudgetDocument(count, per) : null;
    }

    private static VerifyFinal? Verify(MemberReader polling)
    {
        if (polling.Text("verifyFinal") is not { } word) return null;
        if (EnumWords<VerifyFinal>.TryParse(word, out var value)) return value;
        polling.Problem("verifyFinal", $"One of these is needed: {string.Join(", ", EnumWords<VerifyFinal>.All)}.");
        return null;
    }

    private static string? Span(MemberReader reader, string name)
    {
        if (reader.Text(name) is not { } text) return null;
        if (Duration.TryParse(text, out _)) return text;
        reader.Problem(name, Rule);
        return null;
    }

    private static IReadOnlyList<string>? Spans(MemberReader reader, string name)
    {
        if (reader.Texts(name) is not { } texts) return null;
        if (!texts.All(text => Duration.TryParse(text, out _))) reader.Problem(name, Rule);
        return [.. texts.Where(text => Duration.TryParse(text, out _))];
    }

    private static string Rule =>
        $"A span is a whole number and a unit, like 500ms, 30s, 5m, 6h or 1d, and at most {Duration.Text(Duration.Max)}.";

    private static TimeSpan? Parsed(string? text) => text is null ? null : Duration.Parse(text);

    private static bool Ascend(IReadOnlyList<TimeSpan> spans) => spans.Zip(spans.Skip(1)).All(pair => pair.First < pair.Second);
}
