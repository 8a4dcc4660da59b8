using System.ComponentModel;
using Reconciler.Finance;
using Reconciler.Hosting;

namespace Reconciler.Ledger;

/// <summary>The pull feed: what came after a position, waiting for it for a while where asked to.</summary>
internal static class ReadChanges
{
    private const int LimitDefault = 100;
    private const int WaitSecondsMax = 30;

    /// <summary>Positions that one request looks at for a first change that its filter lets through; then it answers with none, and how far it came.</summary>
    internal const int ScanMax = 10 * ChangeFeed.ScanMax;

    private static readonly string[] Known = [.. FeedQuery.Known, "limit", "wait"];

    internal static async Task<IResult> HandleAsync(
        [Description("The position that was read last; 0 or nothing for the start.")] string? after,
        [Description("1 to 1000; 100 where not given.")] string? limit,
        [Description("Seconds to wait for a change where there is none, 0 to 30.")] string? wait,
        [Description("The epoch that the position belongs to, as the feed gave it.")] string? epoch,
        [Description("Only changes of this connection; may be repeated.")] string[]? connection,
        [Description("Only changes of this kind; may be repeated.")] string[]? kind,
        HttpContext context,
        ChangeFeed feed,
        FeedWaiter waiter,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        var asked = FeedQuery.Of(query);
        var most = query.Whole("limit", 1, ChangeFeed.LimitMax, LimitDefault);
        var waitMax = TimeSpan.FromSeconds(query.Whole("wait", 0, WaitSecondsMax, 0));
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);

        var started = clock.GetTimestamp();
        var position = asked.After;
        while (true)
        {
            var page = await feed.ReadAsync(position, most, asked.Filter, cancellation);
            if (Refusal(page, position, asked.Epoch) is { } refused) return refused;
            position = page.Next;
            var left = waitMax - clock.GetElapsedTime(started);
            var isAtHead = position == page.Head;
            if (page.Changes.Count > 0 || position - asked.After >= ScanMax || (isAtHead && left <= TimeSpan.Zero)) return new FeedAnswer(page);
            if (isAtHead) await waiter.WaitBeyondAsync(position, left, cancellation);
        }
    }

    private static Problem? Refusal(FeedPage page, long after, Guid? known)
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
