namespace Reconciler.Client;

/// <summary>Changes that follow one another, to be booked in one transaction.</summary>
/// <param name="Changes">In order of position, without a hole; with a filter there may be holes, or no changes.</param>
/// <param name="Next">What to keep with them: reading goes on behind it.</param>
/// <param name="Head">The feed's last position at that moment, where the service said it: how far behind the reader is.</param>
public sealed record ChangePage(IReadOnlyList<Change> Changes, FeedPosition Next, long? Head);
