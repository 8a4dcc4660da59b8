using System.Text.Json.Serialization;
using Reconciler.Hosting;

namespace Reconciler.Ledger;

/// <summary>Refuses a cursor of another history: a restored backup must not be mistaken for the old one.</summary>
public sealed class FeedRefusal(FeedHistory history)
{
    /// <summary>Null where the page follows the reader's position.</summary>
    /// <param name="known">The epoch of the position; null where the reader does not say.</param>
    public async ValueTask<Problem?> OfAsync(FeedPage page, long after, Guid? known, CancellationToken cancellation)
    {
        if (known is { } epoch && epoch != page.Epoch)
        {
            var agrees = await history.AgreesUpToAsync(epoch, cancellation);
            return new Problem(ProblemKind.FeedEpochChanged, OtherEpoch(page.Epoch, epoch, after, agrees),
                feed: new FeedStanding(page.Epoch, page.Head, agrees, Math.Min(after, agrees ?? 0)));
        }

        return after > page.Head
            ? new Problem(ProblemKind.FeedPositionAhead,
                $"The feed ends at {page.Head}, before {after}: that position is of another feed, or an older backup of this one was restored and nobody "
                + "said so ('Reconciler restored' does). Compare by payout what was read after the end, or all of it, before reading on.",
                feed: new FeedStanding(page.Epoch, page.Head, AgreesUpTo: null, GoOnAfter: null))
            : null;
    }

    private static string OtherEpoch(Guid epoch, Guid former, long after, long? agrees) => agrees switch
    {
        null => $"This feed's epoch is {epoch}; {former} is none that it ever had, or one that a restored backup has lost. From where on the histories "
            + $"differ is not known: compare by payout, and read from 0 with epoch={epoch}.",
        { } common when after <= common => $"This feed's epoch is {epoch} since the database was restored or moved; it is that of {former} up to position {common}. "
            + $"Position {after} lies in what both have in common, so nothing was missed: go on after {after} with epoch={epoch}.",
        { } common => $"This feed's epoch is {epoch} since the database was restored or moved; it is that of {former} up to position {common} only. What was read "
            + $"after {common} belongs to a history that is lost: compare those payouts, and read again after {common} with epoch={epoch}.",
    };
}

/// <summary>How the feed stands to a cursor that it refused.</summary>
/// <param name="Head">The feed's last position.</param>
/// <param name="AgreesUpTo">The last position that the cursor's history has in common with this one; null where that is not known.</param>
/// <param name="GoOnAfter">Where to read on with this epoch, once what was read beyond it has been compared; null where that is not known.</param>
public sealed record FeedStanding(
    Guid Epoch,
    long Head,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? AgreesUpTo,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? GoOnAfter);
