using System.Text.RegularExpressions;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Payouts;

/// <summary>What an order must be like. Every objection names the field and says what would do.</summary>
public static partial class OrderRules
{
    public const int CountMax = 200_000;
    public const int MillisecondsMax = 7 * 24 * 3600 * 1000;
    private const int CopiesMax = 100;

    public static Dictionary<string, string[]> Objections(PayoutOrder order, ConnectionBook connections)
    {
        var found = new Dictionary<string, string[]>();
        void Must(bool holds, string field, string sentence)
        {
            if (!holds)
            {
                found.TryAdd(field, [sentence]);
            }
        }

        var provider = connections.Find(order.Connection)?.Provider;
        Must(provider is not null, "connection", $"One of: {string.Join(", ", connections.All.Select(known => known.Key))}.");
        Must(order.Count is >= 1 and <= CountMax, "count", $"From 1 to {CountMax}.");
        Must(order.ProviderPayoutId is null || order.Count == 1, "providerPayoutId", "Only with a count of 1.");
        Must(order.ProviderPayoutId is null || PayoutIds().IsMatch(order.ProviderPayoutId), "providerPayoutId",
            "1 to 100 letters, digits, dots, dashes or underscores.");
        Must(order.Amount is null or (> 0 and <= 1_000_000_000_000), "amount", "Above 0, at most 1,000,000,000,000.");
        Must(order.Amount is null || decimal.Round(order.Amount.Value, 2) == order.Amount, "amount", "At most two decimals.");
        Must(order.Currency is null || Market.Find(order.Currency) is not null, "currency", $"One of: {string.Join(", ", Market.Currencies)}.");
        Must(order.Recipient is null || Phones().IsMatch(order.Recipient), "recipient", "6 to 15 digits, a plus sign before them or not.");
        Must(order.Reference is null or { Length: >= 1 and <= 200 }, "reference", "1 to 200 characters.");
        Must(order.FailureCode is null or { Length: >= 1 and <= 200 }, "failureCode", "1 to 200 characters.");
        Must(order.Run.Length <= 100, "run", "At most 100 characters.");
        Must(CanEnd(order.Outcome, provider, orStay: true), "outcome", Ends(provider, orStay: true));
        Must(IsTime(order.PendingForMs ?? 0), "pendingForMs", $"From 0 to {MillisecondsMax}.");
        Must(IsTime(order.FinalAfterMs ?? 0), "finalAfterMs", $"From 0 to {MillisecondsMax}.");
        Must(IsTime(order.StartOverMs), "startOverMs", $"From 0 to {MillisecondsMax}.");
        Must((order.PendingForMs ?? 0) <= (order.FinalAfterMs ?? int.MaxValue), "pendingForMs", "At most finalAfterMs.");
        if (order.Reversal is { } reversal)
        {
            Must(CanEnd(reversal.Outcome, provider, orStay: false) && reversal.Outcome != order.Outcome, "reversal.outcome",
                $"Another end than the outcome. {Ends(provider, orStay: false)}");
            Must(reversal.AfterMs > 0 && IsTime(reversal.AfterMs), "reversal.afterMs", $"From 1 to {MillisecondsMax}.");
            Must(StandingWords.TryParse(order.Outcome, out var first) && first.IsFinal(), "reversal", "Only where the outcome is an end.");
        }

        if (order.Webhooks is { } webhooks)
        {
            Must(IsTime(webhooks.DelayMs), "webhooks.delayMs", $"From 0 to {MillisecondsMax}.");
            Must(webhooks.Duplicate is >= 0 and <= CopiesMax, "webhooks.duplicate", $"From 0 to {CopiesMax}.");
            Must(IsLie(webhooks.Lie), "webhooks.lie", $"A status or \"unknown\", 1 to {CopiesMax} times.");
        }

        if (order.Polls is { } polls)
        {
            Must(IsLie(polls.Lie), "polls.lie", $"A status or \"unknown\", 1 to {CopiesMax} times.");
            Must(polls.Errors.Count <= CopiesMax, "polls.errors", $"At most {CopiesMax}.");
            Must(polls.Errors.All(error => PollErrorWords.ByWord.ContainsKey(error.Kind)), "polls.errors",
                $"Kinds are: {string.Join(", ", PollErrorWords.ByWord.Keys)}.");
            Must(polls.Errors.All(error => error.Times is >= 0 and <= 1_000_000), "polls.errors", "Times from 0 to 1,000,000.");
        }

        return found;
    }

    private static bool IsTime(int milliseconds) => milliseconds is >= 0 and <= MillisecondsMax;

    private static bool IsLie(LieOrder? lie) => lie is null
        || (lie.Status == "unknown" || StandingWords.TryParse(lie.Status, out _)) && lie.Times is >= 1 and <= CopiesMax;

    private static bool CanEnd(string? outcome, IPlayedProvider? provider, bool orStay) =>
        StandingWords.TryParse(outcome, out var standing) && (standing.IsFinal() || orStay) && provider?.Knows(standing) != false;

    private static string Ends(IPlayedProvider? provider, bool orStay) => "One of: " + string.Join(", ", Enum.GetValues<Standing>()
        .Where(standing => (standing.IsFinal() || orStay) && provider?.Knows(standing) != false)
        .Select(standing => standing == Standing.Rejected ? "rejected" : standing.Truth())) + ".";

    [GeneratedRegex(@"\A\+?[0-9]{6,15}\z")]
    private static partial Regex Phones();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex PayoutIds();
}
