using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>A delivery's event name, like <c>payout.successful</c>: a noun, a point, and often a word for the outcome.</summary>
internal static class EventWord
{
    /// <summary>What follows the last point, or the whole name.</summary>
    public static string Outcome(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>Whether the event is the provider's trial of the address, about no payout at all.</summary>
    public static bool IsTrial(string name)
    {
        foreach (var part in name.Split('.', '_', '-', ':'))
            if (part.Equals("test", StringComparison.OrdinalIgnoreCase) || part.Equals("ping", StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Whether a delivery names one final in its event and another in its status. No provider documents that; whichever were
    /// believed could be the wrong one, so such a delivery claims nothing.</summary>
    public static bool Contradicts(ObservedStatus named, ObservedStatus stated) =>
        named.Claim() is { } one && stated.Claim() is { } other && one != other && one.IsFinal() && other.IsFinal();
}
