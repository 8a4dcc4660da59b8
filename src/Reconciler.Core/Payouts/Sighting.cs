namespace Reconciler.Core;

/// <summary>When something was first said, and in which kept bytes: the total order in which contradicting finals are ranked.</summary>
public readonly record struct Sighting(DateTimeOffset At, EvidenceDigest Digest) : IComparable<Sighting>
{
    public int CompareTo(Sighting other)
    {
        var byTime = At.CompareTo(other.At);
        return byTime != 0 ? byTime : Digest.CompareTo(other.Digest);
    }

    public static bool operator <(Sighting left, Sighting right) => left.CompareTo(right) < 0;

    public static bool operator >(Sighting left, Sighting right) => left.CompareTo(right) > 0;

    public static bool operator <=(Sighting left, Sighting right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Sighting left, Sighting right) => left.CompareTo(right) >= 0;
}
