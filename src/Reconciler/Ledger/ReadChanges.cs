using System.ComponentModel;
using System.Globalization;
using System.Text;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Hosting;

namespace Reconciler.Ledger;

/// <summary>The pull feed: what came after a position, waiting for it for a while where asked to.</summary>
internal static class ReadChanges
{
    private const int LimitDefault = 100;
    private const int WaitSecondsMax = 30;
    private static readonly string[] Known = ["after", "limit", "wait", "epoch"];

    internal static async Task<IResult> HandleAsync(
        [Description("The position that was read last; 0 or nothing for the start.")] string? after,
        [Description("1 to 1000; 100 where not given.")] string? limit,
        [Description("Seconds to wait for a change where there is none, 0 to 30.")] string? wait,
        [Description("The epoch that the position belongs to, as the feed gave it.")] string? epoch,
        HttpContext context,
        ChangeFeed feed,
        FeedWaiter waiter,
        CancellationToken cancellation)
    {
        var query = new Conditions(context.Request.Query, Known);
        var position = query.Parsed<long>("after", Position, "It is a position: a whole number, 0 or more.") ?? 0;
        var most = query.Whole("limit", 1, ChangeFeed.LimitMax, LimitDefault);
        var seconds = query.Whole("wait", 0, WaitSecondsMax, 0);
        var known = query.Parsed<Guid>("epoch", Guid.TryParse, "It is an epoch as the feed gives it: a UUID.");
        if (query.Problems.Count > 0) return Problem.Invalid(query.Problems);

        var page = await feed.ReadAsync(position, most, cancellation);
        if (Refusal(page, position, known) is { } refused) return refused;
        if (page.Changes.Count == 0 && seconds > 0)
        {
            await waiter.WaitBeyondAsync(position, TimeSpan.FromSeconds(seconds), cancellation);
            page = await feed.ReadAsync(position, most, cancellation);
            if (Refusal(page, position, known) is { } refusedNow) return refusedNow;
        }

        return new FeedAnswer(page, position);
    }

    private static bool Position(string text, out long position) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out position);

    private static Problem? Refusal(FeedPage page, long after, Guid? known)
    {
        if (known is { } epoch && epoch != page.Epoch)
            return new Problem(ProblemKind.FeedEpochChanged,
                $"This feed's epoch is {page.Epoch}: the database was restored or replaced, and positions of {epoch} mean nothing here. "
                + "Compare by payout, then read from 0.");
        return after > page.Head && page.Changes.Count == 0
            ? new Problem(ProblemKind.FeedPositionAhead,
                $"The feed ends at {page.Head}, before {after}: the database was restored or replaced. Compare by payout, then read from 0.")
            : null;
    }
}

/// <summary>Writes a page of the feed from stored bytes, so that a position reads the same each time.</summary>
internal sealed class FeedAnswer(FeedPage page, long after) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var next = page.Changes is [.., { } last] ? last.Position : after;
        using var json = new MemoryStream();
        json.Write(Encoding.UTF8.GetBytes($"{{\"epoch\":\"{page.Epoch}\",\"changes\":["));
        for (var at = 0; at < page.Changes.Count; at++)
        {
            if (at > 0) json.WriteByte((byte)',');
            json.Write(page.Changes[at].ToJson());
        }

        json.Write(Encoding.UTF8.GetBytes($"],\"next\":\"{next}\"}}"));
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(json.GetBuffer().AsMemory(0, checked((int)json.Length)), httpContext.RequestAborted);
    }
}

/// <summary>A page of the feed, as it is documented.</summary>
/// <param name="Epoch">Send it with the next read: a restored backup has another one.</param>
/// <param name="Next">The position to be sent as <c>after</c> next time.</param>
public sealed record ChangesPage(Guid Epoch, IReadOnlyList<ChangeAnswer> Changes, string Next);

/// <summary>One change, as it is documented.</summary>
/// <param name="Position">1, 2, 3… without holes.</param>
/// <param name="StatusVersion">Keep the highest per payout, and duplicates do no harm.</param>
public sealed record ChangeAnswer(
    long Position,
    Guid Id,
    string Kind,
    PayoutId Payout,
    long StatusVersion,
    PayoutStatus? From,
    PayoutStatus? To,
    Confidence Confidence,
    string? Amount,
    string? Currency,
    string? Reference,
    Failure? Failure,
    ChangedDiscrepancy? Discrepancy,
    DateTimeOffset OccurredAt,
    DateTimeOffset RecordedAt);
