using Reconciler.Hosting;

namespace Reconciler.Ledger;

/// <summary>Refuses a cursor of another history: a restored backup must not be mistaken for the old one.</summary>
internal static class FeedRefusal
{
    internal static Problem? Of(FeedPage page, long after, Guid? known)
    {
        if (known is { } epoch && epoch != page.Epoch)
            return new Problem(ProblemKind.FeedEpochChanged,
                $"This feed's epoch is {page.Epoch}: the database was restored or replaced, and positions of {epoch} mean nothing here. "
                + "Compare by payout, then read from 0.");
        return after > page.Head
            ? new Problem(ProblemKind.FeedPositionAhead,
                $"The feed ends at {page.Head}, before {after}: the database was restored or replaced. Compare by payout, then read from 0.")
            : null;
    }
}
