using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>Bounds of the append path (<c>Reconciler:Append</c>).</summary>
public sealed record AppendOptions
{
    /// <summary>Lanes per node, 1 to 16. One payout is always in one lane.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Waiting items per lane; beyond it callers get 503.</summary>
    public int QueueMax { get; init; } = 4096;

    /// <summary>Bytes of bodies that wait per lane or are on their way to the database; beyond it callers get 503, too.</summary>
    public int QueueBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Items per transaction.</summary>
    public int BatchMax { get; init; } = 512;

    /// <summary>Bytes of bodies per transaction: one that reaches them takes no further item.</summary>
    public int BatchBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>By when people should see to a case that is opened (<c>Reconciler:Cases:Due</c>).</summary>
    public CaseDeadlines CaseDeadlines { get; init; } = CaseDeadlines.Default;
}
