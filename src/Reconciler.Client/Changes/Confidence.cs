namespace Reconciler.Client;

/// <summary>On whose word a status rests. A word that this version does not know is kept as it came.</summary>
/// <param name="Word">As on the wire.</param>
public readonly record struct Confidence(string Word)
{
    /// <summary>No word of the provider's yet.</summary>
    public static Confidence Expected { get; } = new("expected");

    /// <summary>Verified webhooks only.</summary>
    public static Confidence Reported { get; } = new("reported");

    /// <summary>The provider answered a request of ours.</summary>
    public static Confidence Confirmed { get; } = new("confirmed");

    /// <summary>Two people decided.</summary>
    public static Confidence Resolved { get; } = new("resolved");

    public override string ToString() => Word;
}
