namespace Reconciler.Client;

/// <summary>
/// The feed's history is not the one that was read: the service's database was restored from a backup or replaced. What you booked may
/// be more, or less, than it knows. Do not go on from 0 blindly: compare your books payout by payout (<see cref="ParityReport"/>),
/// and only then read from <see cref="FeedPosition.Start"/>, keeping the highest status version of each payout.
/// </summary>
/// <param name="standing">Null where the service did not say.</param>
public sealed class FeedHistoryChanged(ProblemDetails problem, FeedStanding? standing = null) : ReconcilerProblem(problem)
{
    /// <summary>What both histories have in common, and where to go on.</summary>
    public FeedStanding? Standing { get; } = standing;

    internal static FeedHistoryChanged Of(Guid known, Guid came) => new(new ProblemDetails(
        ProblemDetails.Prefix + "feed-epoch-changed", "The feed has another history", 409,
        $"This feed's epoch is {came}, and positions of {known} mean nothing here. Compare by payout, then read from 0.", []));
}

/// <summary>
/// The position lies behind the feed's end: the service's database was restored to a moment before it. Treat it as
/// <see cref="FeedHistoryChanged"/>: compare first, then read from the start.
/// </summary>
/// <param name="standing">Null where the service did not say.</param>
public sealed class PositionBeyondHead(ProblemDetails problem, FeedStanding? standing = null) : ReconcilerProblem(problem)
{
    /// <summary>Where the feed ends, and which it is.</summary>
    public FeedStanding? Standing { get; } = standing;
}

/// <summary>How the feed stands to a position that it refused.</summary>
/// <param name="Epoch">Its history now.</param>
/// <param name="Head">Its last position.</param>
/// <param name="AgreesUpTo">The last position that your history has in common with it; null where that is not known.</param>
/// <param name="GoOnAfter">
/// Where to read on, once the payouts that you booked from behind it were compared; null where that is not known. Where it is the
/// position that you gave, nothing was missed, and reading may go on at once.
/// </param>
public sealed record FeedStanding(Guid Epoch, long Head, long? AgreesUpTo, FeedPosition? GoOnAfter);

/// <summary>
/// Positions are missing, again and again: something between you and the service drops or mixes answers. Nothing behind the gap was given
/// out. A key that may see some connections only has such gaps: name these connections in <see cref="FeedOptions.Connections"/>. Otherwise
/// look at proxies and caches on the way; when they are innocent, tell the service's operator.
/// </summary>
/// <param name="expected">The position that should have come.</param>
/// <param name="came">The one that came in its place.</param>
public sealed class FeedGap(long expected, long came)
    : Exception($"Position {expected} of the feed was expected, and {came} came. Nothing behind the gap was given out. "
        + "Where the key may see some connections only, name them in the options.")
{
    public long Expected { get; } = expected;

    public long Came { get; } = came;
}

/// <summary>The service, or something in its place, answered what is no answer of its API. It is tried again.</summary>
internal sealed class StrangeAnswer(string message, Exception? inner = null) : Exception(message, inner);
