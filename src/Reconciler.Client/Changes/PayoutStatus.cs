namespace Reconciler.Client;

/// <summary>Where a payout stands, by its word. A word that this version does not know is kept as it came, and is not final.</summary>
/// <param name="Word">As on the wire.</param>
public readonly record struct PayoutStatus(string Word)
{
    public static PayoutStatus Pending { get; } = new("pending");
    public static PayoutStatus Processing { get; } = new("processing");

    /// <summary>The money arrived. Final.</summary>
    public static PayoutStatus Succeeded { get; } = new("succeeded");

    /// <summary>The money did not arrive. Final.</summary>
    public static PayoutStatus Failed { get; } = new("failed");

    public static PayoutStatus Cancelled { get; } = new("cancelled");
    public static PayoutStatus Expired { get; } = new("expired");

    /// <summary>A final status moves again only where stronger evidence or a resolution by two people corrects it.</summary>
    public bool IsFinal => this == Succeeded || this == Failed || this == Cancelled || this == Expired;

    public override string ToString() => Word;
}
