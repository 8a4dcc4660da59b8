using System.Buffers;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Ledger;

/// <summary>Writes a page of the feed from stored bytes, so that a position reads the same each time.</summary>
internal sealed class FeedAnswer(FeedPage page) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = new ArrayBufferWriter<byte>(initialCapacity: 256 + page.Changes.Sum(change => change.Body.Length + 40));
        json.Write(Encoding.UTF8.GetBytes($"{{\"epoch\":\"{page.Epoch}\",\"changes\":["));
        for (var at = 0; at < page.Changes.Count; at++)
        {
            if (at > 0) json.Write(","u8);
            page.Changes[at].WriteJsonTo(json);
        }

        json.Write(Encoding.UTF8.GetBytes($"],\"next\":\"{page.Next}\",\"head\":\"{page.Head}\"}}"));
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(json.WrittenMemory, httpContext.RequestAborted);
    }
}

/// <summary>A page of the feed, as it is documented.</summary>
/// <param name="Epoch">Send it with the next read: a restored backup has another one.</param>
/// <param name="Next">The position to be sent as <c>after</c> next time. It moves over what a filter leaves out, also in a page without changes.</param>
/// <param name="Head">The feed's last position at that moment: how far behind the reader is.</param>
public sealed record ChangesPage(Guid Epoch, IReadOnlyList<ChangeAnswer> Changes, string Next, string Head);

/// <summary>One change, as it is documented.</summary>
/// <param name="Position">1, 2, 3… without holes; a filter passes over some, and renumbers none.</param>
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
