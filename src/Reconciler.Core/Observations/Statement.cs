namespace Reconciler.Core;

/// <summary>
/// What a provider's message says, translated by its adapter, before personal data is masked. It lives in memory only: what is
/// stored is the <see cref="Observation"/> made of it.
/// </summary>
/// <param name="ProviderPayoutId">The payout it speaks about, as the provider spells it.</param>
/// <param name="Status">The claim, in our words.</param>
/// <param name="Word">The provider's own status word or event name, as given, cut to <see cref="WordLengthMax"/>; empty for not_found.</param>
/// <param name="Amount">The gross amount; null where the message names none.</param>
/// <param name="Recipient">The phone number (or account) as given, unmasked; null where none is named.</param>
/// <param name="Reference">The merchant's own reference, where the provider echoes it.</param>
/// <param name="ProviderReference">The operator's transaction id, where given.</param>
/// <param name="Failure">Why, where the claim is failed or cancelled and the provider says so.</param>
/// <param name="OccurredAt">When the provider says that it happened; null where it does not say.</param>
public sealed record Statement(
    string ProviderPayoutId,
    ObservedStatus Status,
    string Word,
    Money? Amount = null,
    string? Recipient = null,
    string? Reference = null,
    string? ProviderReference = null,
    Failure? Failure = null,
    DateTimeOffset? OccurredAt = null)
{
    public const int WordLengthMax = 100;

    public const int ReferenceLengthMax = 200;

    /// <summary>The statement as it is stored: cut to bounds, times to the microsecond, the recipient masked, and what may be personal in free text.</summary>
    /// <param name="mask">Turns a recipient as given into its masked form and keyed digest.</param>
    public Observation Masked(Func<string, Recipient> mask) => new(
        Status,
        PersonalWords.Mask(KeptText.Of(Word, WordLengthMax)) ?? "",
        Amount,
        Recipient is { Length: > 0 } recipient ? mask(recipient) : null,
        KeptText.Of(Reference, ReferenceLengthMax),
        KeptText.Of(ProviderReference, ReferenceLengthMax),
        Failure is { } failure
            ? failure with { ProviderCode = PersonalWords.Mask(failure.ProviderCode), Message = PersonalWords.Mask(failure.Message) }
            : null,
        OccurredAt?.ToMicrosecond());
}
