using System.ComponentModel;
using Reconciler.Access;
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
        FeedTail tail,
        FeedRefusal refusal,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        var asked = FeedQuery.Of(query, context.Actor().Connections);
        var most = query.Whole("limit", 1, ChangeFeed.LimitMax, LimitDefault);
        var waitMax = TimeSpan.FromSeconds(query.Whole("wait", 0, WaitSecondsMax, 0));
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);

        var started = clock.GetTimestamp();
        var position = asked.After;
        // The first look is at the table: whoever was told that something is committed finds it here.
        var page = await feed.ReadAsync(position, most, asked.Filter, cancellation);
        while (true)
        {
            if (await refusal.OfAsync(page, position, asked.Epoch, cancellation) is { } refused) return refused;
            position = page.Next;
            var isAtHead = position == page.Head;
            var left = waitMax - clock.GetElapsedTime(started);
            if (page.Changes.Count > 0 || position - asked.After >= ScanMax || (isAtHead && left <= TimeSpan.Zero)) return new FeedAnswer(page);
            page = await tail.ReadAsync(position, most, asked.Filter, isAtHead ? left : TimeSpan.Zero, cancellation);
            // It waited, and the time is over, or the service stops.
            if (page.Next == position && page.Head >= position) return new FeedAnswer(page);
        }
    }
}
