using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>Sends a probe through the public address, signed as the provider would, and says whether and how it arrived.</summary>
internal sealed class TestEndpoint(ConnectionRegistry registry, EndpointProbes probes, TimeProvider clock)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    public async Task<ProbeAnswer> SendAsync(OpenConnection connection, Uri url, CancellationToken cancellation)
    {
        var (id, mark) = await probes.BeginAsync(connection.Settings.Key, cancellation);
        var sentAt = clock.GetUtcNow();
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"probe":"{{id}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TryAddWithoutValidation(EndpointProbes.MarkHeader, mark);
        var signature = connection.Provider.Sign(body, sentAt);
        foreach (var (name, value) in signature ?? []) request.Headers.TryAddWithoutValidation(name, value);
        var (status, trouble) = await PostAsync(connection, request, cancellation);
        var arrived = await probes.FindAsync(id, cancellation);
        var (isOk, says) = ProbeWords.Of(connection, url, signature is not null, status, trouble, arrived?.Seen);
        return new ProbeAnswer(isOk, url.AbsoluteUri, sentAt, status, arrived?.At, signature is not null, arrived?.Seen, says);
    }

    private async Task<(int? Status, string? Trouble)> PostAsync(OpenConnection connection, HttpRequestMessage request, CancellationToken cancellation)
    {
        using var http = registry.Http.GuardFor(connection.Settings.Environment, request.RequestUri!).CreateInvoker(1);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerMax);
        try
        {
            using var response = await http.SendAsync(request, patience.Token);
            return ((int)response.StatusCode, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"Nothing answered within {AnswerMax.TotalSeconds} s.");
        }
        catch (HttpRequestException fault)
        {
            return (null, fault.InnerException is OutgoingRefused refused ? $"We do not connect there: {refused.Message}" : fault.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "The name of the host is not known here.",
                HttpRequestError.SecureConnectionError => "No secure connection came about: look at the certificate.",
                HttpRequestError.ConnectionError => "The host takes no connection: look at the port and at firewalls.",
                _ => $"The connection broke off ({fault.HttpRequestError}).",
            });
        }
    }

    internal static async Task<IResult> HandleAsync(
        string key, HttpContext context, ConnectionRegistry registry, TestEndpoint test, AuditLog audit, CancellationToken cancellation)
    {
        if (registry.Find(key) is not { } connection) return ReadConnections.Unknown(key);
        var answer = await test.SendAsync(connection, EndpointToRegister.UrlOf(connection, context.Request), cancellation);
        await new ConnectionAudit(audit, context.Actor()).DoneAsync(connection.Settings.Key, "connection.endpoint_tested", answer, cancellation);
        return TypedResults.Json(answer, JsonShapes.Answered);
    }
}

/// <param name="Ok">Whether it arrived, and a delivery of the provider's would be accepted as far as we can tell.</param>
/// <param name="Status">Of whatever answered; null where nothing did.</param>
/// <param name="ArrivedAt">Null where it did not arrive at this service.</param>
/// <param name="Signed">False: only the provider can sign, or nothing verifies.</param>
/// <param name="Seen">As it arrived.</param>
/// <param name="Says">What is right or wrong, in words.</param>
public sealed record ProbeAnswer(
    bool Ok, string Url, DateTimeOffset SentAt, int? Status, DateTimeOffset? ArrivedAt, bool Signed, ProbeSeen? Seen, IReadOnlyList<string> Says);
