using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>A delivery's event name, like <c>payout.successful</c>: a noun, a point, and often a word for the outcome.</summary>
internal static class EventWord
{
    /// <summary>What follows the last point, or the whole name.</summary>
    public static string Outcome(string name) => name[(name.LastIndexOf('.') + 1)..];

    /// <summary>What to make of a delivery that its event's name shows not to be about a payout; null where it is.</summary>
    /// <param name="nouns">How names that are about payouts begin.</param>
    /// <returns>Ignored where the name is understood: a trial of the address, or <c>{another noun}.{word}</c>. Unreadable where it is not.</returns>
    public static Reading? Aside(string name, params ReadOnlySpan<string> nouns)
    {
        if (IsTrial(name)) return new Reading.Ignored(IgnoredReason.Trial);
        foreach (var noun in nouns)
            if (name.StartsWith(noun, StringComparison.OrdinalIgnoreCase)) return null;
        return char.IsAsciiLetter(name[0]) && name.Contains('.', StringComparison.Ordinal)
            ? new Reading.Ignored(IgnoredReason.NotAPayout)
            : new Reading.Unreadable(UnreadableReason.UnknownShape);
    }

    /// <summary>Whether the event is the provider's trial of the address.</summary>
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
