using System.Net.Http.Headers;

namespace Reconciler.Providers;

/// <summary>The only I/O with ZoPay: signed requests.</summary>
internal sealed class ZoPayClient(ApiSettings api, HttpMessageInvoker http, TimeProvider clock)
{
    /// <summary>
    /// An unknown id is a 404 here (documented). A 429 names its wait in the body's <c>retry_after</c>, or in the usual header.
    /// </summary>
    public async Task<HttpAnswer> StatusAsync(StatusQuestion question, CancellationToken cancellation)
    {
        var url = StatusUrl.For(api.BaseUrl, api.Options[ZoPayProvider.StatusPathOption], question.ProviderPayoutId);
        var now = clock.GetUtcNow();
        var headers = ZoPayRequestSignature.Headers(
            HttpMethod.Get, url, api.Credentials, api.Options[ZoPayProvider.HeaderPrefixOption], now, Guid.CreateVersion7(now));

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await HttpAsking.SendAsync(http, request, notFoundIsAnswer: true, clock, cancellation).ConfigureAwait(false);
    }
}
