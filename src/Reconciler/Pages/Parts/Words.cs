using Reconciler.Core;

namespace Reconciler.Pages.Parts;

/// <summary>Our words in a sentence: the one spelling of each value, with blanks for its underscores.</summary>
internal static class Words
{
    internal static string Of<T>(T value) where T : struct, Enum => Of(value.Word());

    internal static string Of(string word) => word.Replace('_', ' ');

    internal static string Explain(DiscrepancyKind kind) => kind switch
    {
        DiscrepancyKind.Contradiction => "The webhook's final and the provider's own answer differ. The answer holds.",
        DiscrepancyKind.Reversal => "A later final differs from the one that holds: the money may have come back.",
        DiscrepancyKind.AmountMismatch => "The provider names another amount than was ordered, or than it named before.",
        DiscrepancyKind.CurrencyMismatch => "The provider names another currency than was ordered, or than it named before.",
        DiscrepancyKind.RecipientMismatch => "The provider names another recipient than was ordered, or than it named before.",
        DiscrepancyKind.UnexpectedPayout => "The provider speaks of a payout that nobody on our side announced.",
        DiscrepancyKind.UnrecognisedStatus => "The provider used a status word that has no meaning here yet. It moved nothing.",
        DiscrepancyKind.NotFound => "The provider does not know the payout. A wrong key or environment answers the same, so it moved nothing.",
        DiscrepancyKind.Overdue => "The deadline passed without a final word. It is asked about slowly, and nothing is guessed.",
        DiscrepancyKind.AlteredDelivery => "One delivery id came with two different bodies.",
    };

    internal static string Rule(DerivationRule rule) => rule switch
    {
        DerivationRule.Resolution => "1 · two people decided",
        DerivationRule.PollFinal => "2 · the provider answered our own request",
        DerivationRule.WebhookFinal => "3 · a verified webhook said so",
        DerivationRule.NotFinal => "4 · no final word yet",
    };

    internal static string Explain(Confidence confidence) => confidence switch
    {
        Confidence.Expected => "announced by our side; no word from the provider yet",
        Confidence.Reported => "said by verified webhooks only",
        Confidence.Confirmed => "the provider answered our own request",
        Confidence.Resolved => "two people decided",
    };
}
