using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Npgsql;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Hosting;
using Reconciler.Ledger.Subscriptions;

namespace Reconciler.Ledger.Parity;

/// <summary>A subscriber says what it holds, line by line, and is told how that differs from what we have, as of its position.</summary>
internal sealed class CompareParity(NpgsqlDataSource database, ChangeFeed feed)
{
    internal const string ContentType = "application/x-ndjson";
    private const int AtOnceMax = 2;
    private const int LinesMax = 20_000_000;
    private const int CopyLines = 5_000;
    private const int FlushEveryBytes = 16 * 1024;
    private const int RetryAfterSeconds = 10;

    private readonly SemaphoreSlim places = new(AtOnceMax);

    internal static async Task<IResult> HandleAsync(
        string id, HttpContext context, SubscriptionStore store, CompareParity parity, CancellationToken cancellation)
    {
        if (await ReadSubscriptions.FindAsync(id, context, store, cancellation) is not { } shown) return ReadSubscriptions.Unknown(id);
        if (shown.Row.Kinds.Length > 0 && !shown.Row.Kinds.Contains(ChangeKind.StatusChanged))
            return Problem.Invalid("kinds", $"Statuses are compared, and this subscription is not told of {ChangeKind.StatusChanged}.");
        if (!await parity.places.WaitAsync(TimeSpan.Zero, cancellation))
            return Problem.Unavailable($"{AtOnceMax} comparisons are under way on this node. Try again.", RetryAfterSeconds);
        try
        {
            return await parity.CompareAsync(shown.Row, context, cancellation);
        }
        finally
        {
            parity.places.Release();
        }
    }

    private async Task<IResult> CompareAsync(SubscriptionRow subscription, HttpContext context, CancellationToken cancellation)
    {
        // Lines are bounded one by one, and by their number; a caller may be slow to read.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body) body.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        await using var table = await ParityTable.CreateAsync(database, cancellation);
        var (reached, refused) = await FromAsync(subscription, new ParityHeader(null, null), cancellation);
        var (claims, bad) = (0L, 0L);
        var isFirst = true;
        var batch = new List<(long, ParityClaim?, string?)>(CopyLines);
        await foreach (var line in Lines.ReadAsync(context.Request.BodyReader, ParityReader.LineBytesMax, cancellation))
        {
            if (isFirst && line.Text is { } text && ParityReader.Header(text) is { } header)
            {
                (reached, refused) = await FromAsync(subscription, header, cancellation);
                isFirst = false;
                if (refused is not null) return refused;
                continue;
            }

            isFirst = false;
            if (refused is not null) return refused;
            var (claim, problem) = ParityReader.Claim(line);
            if (claim is null) bad++;
            else claims++;
            batch.Add((line.Number, claim, problem));
            if (batch.Count < CopyLines) continue;
            if (claims + bad > LinesMax) return new Problem(ProblemKind.TooLarge, $"At most {LinesMax} lines can be compared at once: compare by connection.");
            await table.AddAsync(batch, cancellation);
            batch.Clear();
        }

        if (refused is not null) return refused;
        await table.AddAsync(batch, cancellation);
        await table.CompareAsync(reached.Position, subscription.Connections, cancellation);
        await AnswerAsync(table, reached, claims, bad, context.Response, cancellation);
        return Results.Empty;
    }

    /// <summary>Where the subscriber stands, or why that means nothing here.</summary>
    private async Task<((long Position, Guid Epoch) Reached, Problem? Refused)> FromAsync(
        SubscriptionRow subscription, ParityHeader header, CancellationToken cancellation)
    {
        var page = await feed.ReadAsync(header.Position ?? subscription.Cursor, 1, FeedFilter.All, cancellation);
        // A cursor of another history says nothing; what is there now still can be compared.
        var cursor = subscription.Epoch == page.Epoch ? Math.Min(subscription.Cursor, page.Head) : page.Head;
        var (position, epoch) = (header.Position ?? cursor, header.Epoch ?? page.Epoch);
        Problem? refused = null;
        if (epoch != page.Epoch)
            refused = new Problem(ProblemKind.FeedEpochChanged,
                $"This feed's epoch is {page.Epoch}: positions of {epoch} mean nothing here. Compare without a position.");
        else if (position > page.Head)
            refused = new Problem(ProblemKind.FeedPositionAhead, $"The feed ends at {page.Head}, before {position}.");
        return ((position, page.Epoch), refused);
    }

    private static async Task AnswerAsync(
        ParityTable table, (long Position, Guid Epoch) reached, long claims, long bad, HttpResponse response, CancellationToken cancellation)
    {
        response.ContentType = ContentType;
        var unflushed = 0;
        await foreach (var difference in table.DifferencesAsync(cancellation))
        {
            unflushed += Write(response, difference);
            if (unflushed < FlushEveryBytes) continue;
            await response.BodyWriter.FlushAsync(cancellation);
            unflushed = 0;
        }

        var counts = await table.CountsAsync(cancellation);
        var (unknown, behind) = (Of(ParityDifference.Unknown), Of(ParityDifference.Behind));
        var (ahead, differs) = (Of(ParityDifference.Ahead), Of(ParityDifference.StatusDiffers));
        Write(response, new ParityCounts(
            reached.Position, reached.Epoch, claims, claims - unknown - behind - ahead - differs, Of(ParityDifference.Missing),
            unknown, behind, ahead, differs, bad));
        await response.BodyWriter.FlushAsync(cancellation);

        long Of(ParityDifference difference) => counts.GetValueOrDefault(difference);
    }

    private static int Write<T>(HttpResponse response, T line)
    {
        byte[] json = [.. JsonSerializer.SerializeToUtf8Bytes(line, JsonShapes.Answered), (byte)'\n'];
        json.CopyTo(response.BodyWriter.GetSpan(json.Length));
        response.BodyWriter.Advance(json.Length);
        return json.Length;
    }
}
