using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>
/// Many announcements, one JSON object a line, answered by one result a line in the same order while lines still come in. Many are in
/// flight at once, so that they share transactions. A caller that sends all before it reads is borne with up to a bound.
/// </summary>
internal static class AnnounceMany
{
    internal const string ContentType = "application/x-ndjson";
    internal const int LineBytesMax = 64 * 1024;
    private const int InFlightMax = 512;

    /// <summary>Results that wait for a caller who does not read yet.</summary>
    private const int UnreadMax = 250_000;

    private const int FlushEveryBytes = 16 * 1024;

    internal static async Task AnswerAsync(HttpContext context, AnnouncePayout announce, AllowedConnections allowed)
    {
        // Lines are bounded one by one; their number is not, and a caller may be slow to read.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body) body.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        context.Response.ContentType = ContentType;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var results = Channel.CreateBounded<Task<byte[]>>(new BoundedChannelOptions(UnreadMax) { SingleReader = true, SingleWriter = true });
        var writing = WriteAsync(context.Response, results.Reader, stopping);
        try
        {
            await ReadAsync(context.Request, announce, allowed, results.Writer, stopping.Token);
            results.Writer.Complete();
        }
        catch (Exception fault)
        {
            results.Writer.Complete(fault);
        }

        await writing;
    }

    private static async Task ReadAsync(
        HttpRequest request, AnnouncePayout announce, AllowedConnections allowed, ChannelWriter<Task<byte[]>> results, CancellationToken cancellation)
    {
        // Not disposed: lines in flight give their places back after a caller has gone. It holds nothing that needs it.
        var inFlight = new SemaphoreSlim(InFlightMax);
        await foreach (var line in Lines.ReadAsync(request.BodyReader, LineBytesMax, cancellation))
        {
            await inFlight.WaitAsync(cancellation);
            await results.WriteAsync(ResultAsync(line, announce, allowed, inFlight, cancellation), cancellation);
        }
    }

    private static async Task<byte[]> ResultAsync(
        Line line, AnnouncePayout announce, AllowedConnections allowed, SemaphoreSlim inFlight, CancellationToken cancellation)
    {
        try
        {
            var announced = line.Text is { } text
                ? await announce.AnnounceAsync(text, allowed, cancellation)
                : Announced.Refused(new Problem(ProblemKind.TooLarge, $"A line has at most {LineBytesMax} bytes."));
            return Result(line, announced);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // One line that cannot be stored must not cost its neighbours their answers; the append path has logged it.
            return Result(line, Announced.Refused(new Problem(ProblemKind.Internal, "It was logged. It is safe to send the line again.")));
        }
        finally
        {
            inFlight.Release();
        }
    }

    private static byte[] Result(Line line, Announced announced)
    {
        var result = new AnnouncedLine(line.Number, announced.Status, announced.Payout?.StreamId, announced.Problem?.Body);
        return [.. JsonSerializer.SerializeToUtf8Bytes(result, JsonShapes.Answered), (byte)'\n'];
    }

    private static async Task WriteAsync(HttpResponse response, ChannelReader<Task<byte[]>> results, CancellationTokenSource stopping)
    {
        try
        {
            var unflushed = 0;
            await foreach (var pending in results.ReadAllAsync(stopping.Token))
            {
                // What is ready is sent before what is not is waited for.
                if (!pending.IsCompleted && unflushed > 0)
                {
                    await response.BodyWriter.FlushAsync(stopping.Token);
                    unflushed = 0;
                }

                var result = await pending;
                result.CopyTo(response.BodyWriter.GetSpan(result.Length));
                response.BodyWriter.Advance(result.Length);
                unflushed += result.Length;
                if (unflushed < FlushEveryBytes) continue;
                await response.BodyWriter.FlushAsync(stopping.Token);
                unflushed = 0;
            }

            await response.BodyWriter.FlushAsync(stopping.Token);
        }
        catch
        {
            // Whoever still reads lines must not wait for a reader of results that is gone.
            await stopping.CancelAsync();
            throw;
        }
    }
}

/// <summary>The result of one line.</summary>
/// <param name="Line">Its number, 1 for the first; empty lines are counted, not answered.</param>
/// <param name="Status">As a request with this line alone would be answered.</param>
public sealed record AnnouncedLine(
    long Line,
    int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProblemBody? Problem);
