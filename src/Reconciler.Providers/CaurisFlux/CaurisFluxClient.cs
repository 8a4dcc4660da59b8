namespace Reconciler.Providers;

/// <summary>Asks CaurisFlux for a payout's status.</summary>
internal sealed class CaurisFluxClient(ApiSettings api, HttpMessageInvoker http, TimeProvider clock)
{
    /// <exception cref="ProviderFault">As <see cref="IProviderConnection.AskAsync"/> throws it.</exception>
    public async Task<HttpAnswer> StatusAsync(StatusQuestion question, CancellationToken cancellation)
    {
        var url = StatusUrl.For(api.BaseUrl, api.Options[CaurisFluxProvider.StatusPath], question.ProviderPayoutId);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("X-API-Key", ApiKey);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return await HttpAsking.SendAsync(http, request, notFoundIsAnswer: true, clock, cancellation).ConfigureAwait(false);
    }

    // "pk:sk" in one header (authentication page, November 2026).
    private string ApiKey => $"{api.Credentials[CaurisFluxProvider.PublicKey].Value}:{api.Credentials[CaurisFluxProvider.SecretKey].Value}";
}
