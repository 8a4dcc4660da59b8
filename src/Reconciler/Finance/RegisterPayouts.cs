using System.Buffers;
using Npgsql;
using Reconciler.Access;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>One announcement as JSON, or many as lines of it.</summary>
internal static class RegisterPayouts
{
    private const string Json = "application/json";

    internal static async Task<IResult> HandleAsync(
        HttpContext context, AnnouncePayout announce, NpgsqlDataSource database, Installation installation, CancellationToken cancellation)
    {
        var type = context.Request.GetTypedHeaders().ContentType?.MediaType.Value;
        if (string.Equals(type, AnnounceMany.ContentType, StringComparison.OrdinalIgnoreCase))
        {
            await AnnounceMany.AnswerAsync(context, announce, context.Actor().Connections);
            return TypedResults.Empty;
        }

        if (!string.Equals(type, Json, StringComparison.OrdinalIgnoreCase))
            return new Problem(ProblemKind.MediaTypeUnsupported, $"Send {Json}, or {AnnounceMany.ContentType} for many.");
        if (await BodyAsync(context.Request, cancellation) is not { } body)
            return new Problem(ProblemKind.TooLarge, $"A payout has at most {AnnounceMany.LineBytesMax} bytes.");
        var announced = await announce.AnnounceAsync(body, context.Actor().Connections, cancellation);
        if (announced.Problem is { } problem) return problem;

        // The row was written in the transaction that has just committed.
        var payout = announced.Payout!.Value;
        var kept = await KeptPayout.FindAsync(database, payout, cancellation)
            ?? throw new InvalidOperationException($"{payout} was appended and has no row.");
        return announced.Status == StatusCodes.Status201Created
            ? TypedResults.Created(PayoutPaths.Of(payout), PayoutAnswer.Of(kept, installation))
            : TypedResults.Ok(PayoutAnswer.Of(kept, installation));
    }

    /// <summary>The body; null where it is too large.</summary>
    private static async Task<byte[]?> BodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > AnnounceMany.LineBytesMax) return null;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation);
            var isTooLarge = read.Buffer.Length > AnnounceMany.LineBytesMax;
            if (!isTooLarge && !read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var body = isTooLarge ? null : read.Buffer.ToArray();
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return body;
        }
    }
}
