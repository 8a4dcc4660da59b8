using System.Net;

namespace Reconciler.Providers;

/// <summary>
/// Sends one request and says what came of it in the three words of <see cref="ProviderFault"/>. The messages of these faults hold
/// status codes and limits only: never a body, a header or a credential.
/// </summary>
internal static class HttpAsking
{
    /// <summary>1 MB: a thousand times what the five document.</summary>
    public const int BodyBytesMax = 1024 * 1024;

    private const int FirstReadBytes = 4096;
    private const int ContentTypeLengthMax = 200;

    /// <summary>Sends the request, once. The caller disposes it.</summary>
    /// <param name="notFoundIsAnswer">Whether a 404 is this request's documented "unknown id". Even then it counts only with a JSON object
    /// as its body: a proxy's error page says nothing about the payout, so that one is <see cref="ProviderUnavailable"/>.</param>
    /// <exception cref="ProviderUnavailable">No connection, a broken or over-long answer, a redirect, 408, 5xx, or such a 404.</exception>
    /// <exception cref="ProviderThrottled">429.</exception>
    /// <exception cref="ProviderRefused">Any other 4xx.</exception>
    /// <exception cref="OperationCanceledException">Only by <paramref name="cancellation"/>.</exception>
    public static async Task<HttpAnswer> SendAsync(
        HttpMessageInvoker http, HttpRequestMessage request, bool notFoundIsAnswer, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            return await AnswerAsync(response, notFoundIsAnswer, clock, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsTransport(exception))
        {
            throw new ProviderUnavailable("The provider could not be asked.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ProviderUnavailable("The provider did not answer in time.", exception);
        }
    }

    private static async Task<HttpAnswer> AnswerAsync(
        HttpResponseMessage response, bool notFoundIsAnswer, TimeProvider clock, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        switch (status)
        {
            case >= 200 and < 300:
                return await WholeAsync(response, cancellation).ConfigureAwait(false);
            case (int)HttpStatusCode.NotFound when notFoundIsAnswer:
                var answer = await WholeAsync(response, cancellation).ConfigureAwait(false);
                return WireJson.IsObject(answer.Body) ? answer : throw new ProviderUnavailable("A 404 without JSON: not the provider's own answer.");
            case (int)HttpStatusCode.TooManyRequests:
                throw new ProviderThrottled(await RetryAfterAsync(response, clock, cancellation).ConfigureAwait(false));
            case (int)HttpStatusCode.RequestTimeout:
            case < 400 or >= 500:
                throw new ProviderUnavailable($"The provider answered HTTP {status}.");
            default:
                throw new ProviderRefused(status, $"The provider refused with HTTP {status}.");
        }
    }

    // The status alone means "wait": a body that breaks off changes nothing.
    private static async Task<TimeSpan?> RetryAfterAsync(HttpResponseMessage response, TimeProvider clock, CancellationToken cancellation)
    {
        if (RetryAfter.FromHeader(response.Headers, clock) is { } wait) return wait;
        try
        {
            return RetryAfter.FromBody(await ReadAsync(response, cancellation).ConfigureAwait(false));
        }
        catch (Exception exception) when (IsTransport(exception))
        {
            return null;
        }
    }

    private static async Task<HttpAnswer> WholeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await ReadAsync(response, cancellation).ConfigureAwait(false)
            ?? throw new ProviderUnavailable($"The answer is longer than {BodyBytesMax} bytes.");
        return new HttpAnswer((int)response.StatusCode, ContentType(response), body);
    }

    /// <summary>The whole body, or null where it is longer than <see cref="BodyBytesMax"/>.</summary>
    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > BodyBytesMax) return null;
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[FirstReadBytes];
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                if (read == 0) return buffer[..length];
                length += read;
                if (length > BodyBytesMax) return null;
                if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    // InvalidDataException: a compressed body that breaks off.
    private static bool IsTransport(Exception exception) => exception is HttpRequestException or IOException or InvalidDataException;

    private static string? ContentType(HttpResponseMessage response)
    {
        if (!response.Content.Headers.TryGetValues("Content-Type", out var values)) return null;
        var text = string.Join(", ", values);
        return text.Length > ContentTypeLengthMax ? text[..ContentTypeLengthMax] : text;
    }
}
