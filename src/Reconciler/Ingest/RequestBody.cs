using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Reconciler.Ingest;

/// <summary>A delivery's raw bytes, within the bound.</summary>
internal static class RequestBody
{
    /// <summary>256 KB; the longest documented body has about 2.</summary>
    internal const int BytesMax = 256 * 1024;

    /// <returns>Null where there is more than the bound.</returns>
    internal static async ValueTask<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        // Without it the server would read on, to throw away what nobody wants.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = BytesMax;
        if (request.ContentLength > BytesMax) return null;
        try
        {
            return await WholeAsync(request, cancellation);
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private static async ValueTask<byte[]?> WholeAsync(HttpRequest request, CancellationToken cancellation)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (read.Buffer.Length > BytesMax)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
