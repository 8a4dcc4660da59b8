namespace Reconciler.Core;

/// <summary>Why a payout failed, in our words and in the provider's.</summary>
/// <param name="Code">Our code; null never: <see cref="FailureCode.Other"/> where the provider's has no mapping.</param>
/// <param name="ProviderCode">The provider's code or free text as given, cut to <see cref="TextLengthMax"/>.</param>
/// <param name="Message">The provider's message for people, cut likewise.</param>
public sealed record Failure(FailureCode Code, string? ProviderCode, string? Message)
{
    public const int TextLengthMax = 500;

    public static Failure Of(FailureCode code, string? providerCode, string? message) =>
        new(code, KeptText.Of(providerCode, TextLengthMax), KeptText.Of(message, TextLengthMax));
}

public enum FailureCode
{
    RecipientInvalid,
    RecipientBlocked,
    MerchantFunds,
    RecipientLimit,
    ProviderFault,
    CancelledByMerchant,
    Other,
}
