namespace Reconciler.Core;

/// <summary>The one authoritative status of a payout. The last four are final.</summary>
public enum PayoutStatus
{
    Pending,
    Processing,
    Succeeded,
    Failed,
    Cancelled,
    Expired,
}

/// <summary>By whose word a status holds.</summary>
public enum Confidence
{
    /// <summary>Our own side announced it; no provider has said a word.</summary>
    Expected,

    /// <summary>Verified webhooks only.</summary>
    Reported,

    /// <summary>The provider answered our own request.</summary>
    Confirmed,

    /// <summary>Two people decided.</summary>
    Resolved,
}

/// <summary>When a webhook's final word needs the provider's own answer to a poll.</summary>
public enum VerifyFinal
{
    /// <summary>A webhook's final is only a claim; a poll is due at once.</summary>
    Always,

    /// <summary>A webhook's final holds; a poll is due at once when evidence disagrees.</summary>
    Contested,

    /// <summary>A webhook's final holds; disagreement is left to the cases.</summary>
    Never,
}

public enum Provider
{
    Caurisflux,
    Awdpay,
    Zayono,
    Pawapay,
    Zopay,
}

public static class PayoutStatuses
{
    public static bool IsFinal(this PayoutStatus status) => status >= PayoutStatus.Succeeded;
}
