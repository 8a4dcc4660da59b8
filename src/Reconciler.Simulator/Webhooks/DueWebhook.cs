using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Webhooks;

public enum WebhookVariant : byte
{
    /// <summary>As the provider means it.</summary>
    True,

    /// <summary>The same once more.</summary>
    Duplicate,

    /// <summary>The body was changed after signing.</summary>
    Altered,

    /// <summary>A false final, signed with a wrong secret.</summary>
    Forged,

    /// <summary>Rightly signed, but 15 minutes ago.</summary>
    Stale,

    /// <summary>Rightly signed, and not so.</summary>
    Lie,
}

/// <summary>One webhook that is to be sent, a value so that hundreds of thousands may wait.</summary>
/// <param name="Try">0 for the first.</param>
public readonly record struct DueWebhook(SimPayout Payout, Claim Claim, WebhookVariant Variant, int Try);
