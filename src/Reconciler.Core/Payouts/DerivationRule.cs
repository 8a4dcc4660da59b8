namespace Reconciler.Core;

/// <summary>The four rules of design section 4, of which the first that applies decides.</summary>
public enum DerivationRule
{
    /// <summary>People decided.</summary>
    Resolution,

    /// <summary>The earliest final that the provider answered.</summary>
    PollFinal,

    /// <summary>The earliest final of the verified webhooks that count.</summary>
    WebhookFinal,

    /// <summary>The highest of what is not final, or pending where no word was heard.</summary>
    NotFinal,
}
