using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>What came of one attempt.</summary>
/// <param name="Status">As the subscriber answered; null where it did not.</param>
/// <param name="Detail">In our words.</param>
/// <param name="RetryAfter">How long the subscriber asked to be left alone, not yet bounded.</param>
internal sealed record AttemptResult(AttemptOutcome Outcome, int? Status, string Detail, TimeSpan? RetryAfter);

/// <summary>Sends one message once. The first line of the answer decides; what follows it is not read.</summary>
internal sealed class WebhookAttempt(HttpMessageInvoker http, Uri url, IReadOnlyList<byte[]> keys, TimeSpan timeout, TimeProvider clock)
{
    private static readonly ProductInfoHeaderValue Agent = new("Reconciler-Webhooks", "1");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <exception cref="OperationCanceledException">Nothing is known of what came of it.</exception>
    public async Task<AttemptResult> SendAsync(WebhookMessage message, CancellationToken cancellation)
    {
        using var tooLate = new CancellationTokenSource(timeout, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, tooLate.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new ByteArrayContent(message.Body) { Headers = { ContentType = Json } };
        request.Headers.UserAgent.Add(Agent);
        StandardWebhook.Sign(request.Headers, message.Id, clock.GetUtcNow(), message.Body, keys);
        try
        {
            using var response = await http.SendAsync(request, ending.Token);
            return Judged(response);
        }
        catch (HttpRequestException fault)
        {
            return fault switch
            {
                { InnerException: OutgoingRefused refused } => Failed(AttemptOutcome.AddressRefused, refused.Message),
                { HttpRequestError: HttpRequestError.SecureConnectionError } => Failed(AttemptOutcome.TlsFailed, "TLS could not be established, or the certificate is not valid."),
                { HttpRequestError: HttpRequestError.NameResolutionError } or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } =>
                    Failed(AttemptOutcome.Unreachable, "The name has no address."),
                _ => Failed(AttemptOutcome.Unreachable, $"No answer came: {(fault.InnerException as SocketException)?.SocketErrorCode.Word() ?? fault.HttpRequestError.Word()}."),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed(AttemptOutcome.TimedOut, "No answer came in time.");
        }
    }

    private AttemptResult Judged(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var outcome = response.StatusCode switch
        {
            HttpStatusCode.Gone => AttemptOutcome.Gone,
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => AttemptOutcome.Accepted,
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => AttemptOutcome.Redirected,
            _ => AttemptOutcome.Refused,
        };
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return new AttemptResult(outcome, status, $"It answered {status}.", wait);
    }

    private static AttemptResult Failed(AttemptOutcome outcome, string detail) => new(outcome, null, detail, null);
}
