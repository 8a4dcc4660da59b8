namespace Reconciler.Client;

/// <summary>Changes that follow one another, to be booked in one transaction.</summary>
/// <param name="Changes">In order of position, without a hole; with a filter there may be holes, or no changes.</param>
/// <param name="Next">What to keep with them: reading goes on behind it.</param>
public sealed record ChangePage(IReadOnlyList<Change> Changes, FeedPosition Next);
