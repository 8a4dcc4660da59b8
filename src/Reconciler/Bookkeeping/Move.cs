namespace Reconciler.Bookkeeping;

/// <summary>One step of one payout.</summary>
/// <param name="Number">1, 2, 3… over all payouts, in the order of the feed.</param>
/// <param name="Position">Of the change; for an amendment, of the last change before it.</param>
/// <param name="Kind">The change's, or <see cref="Amended"/>.</param>
/// <param name="Before">Null for a payout's first.</param>
internal sealed record Move(long Number, long Position, string Kind, DateTimeOffset KnownAt, DateTimeOffset RecordedAt, Standing? Before, Standing After)
{
    /// <summary>The payout's money, first sighting or recipient moved, and its status did not.</summary>
    internal const string Amended = "payout.amended";

    /// <summary>From when on a move counts as known.</summary>
    /// <param name="before">Of the move before: the clocks of two nodes differ, and what is booked later was not known earlier.</param>
    /// <param name="sealedAt">What was known then has been told: it must stay what was told.</param>
    /// <param name="now">A node whose clock is ahead must not push all that follows into the future.</param>
    internal static DateTimeOffset KnownFrom(DateTimeOffset recordedAt, DateTimeOffset before, DateTimeOffset sealedAt, DateTimeOffset now)
    {
        var at = recordedAt < now ? recordedAt : now;
        if (at < before) at = before;
        return at > sealedAt ? at : sealedAt.AddMicroseconds(1);
    }
}
