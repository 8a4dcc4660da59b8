using System.Net;

namespace Reconciler.Providers;

/// <summary>Asks AwdPay for a withdrawal's status, with a token that lives 15 minutes.</summary>
internal sealed class AwdPayClient(ApiSettings api, HttpMessageInvoker http, AwdPayToken token, TimeProvider clock)
{
    /// <summary>After a 401 once more with a fresh token: theirs may have ended early, or been revoked. A second 401 is a refusal.</summary>
    /// <exception cref="ProviderFault">As <see cref="IProviderConnection.AskAsync"/> throws it.</exception>
    public async Task<HttpAnswer> StatusAsync(StatusQuestion question, CancellationToken cancellation)
    {
        var bearer = await token.GetAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await StatusAsync(question, bearer, cancellation).ConfigureAwait(false);
        }
        catch (ProviderRefused refusal) when (refusal.HttpStatus == (int)HttpStatusCode.Unauthorized)
        {
            token.Forget(bearer);
        }

        return await StatusAsync(question, await token.GetAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
    }

    // What an unknown reference is answered with is not documented; a 404 is taken as that (November 2026).
    private async Task<HttpAnswer> StatusAsync(StatusQuestion question, Secret bearer, CancellationToken cancellation)
    {
        var url = StatusUrl.For(api.BaseUrl, api.Options[AwdPayProvider.StatusPath], question.ProviderPayoutId);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer.Value}");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return await HttpAsking.SendAsync(http, request, notFoundIsAnswer: true, clock, cancellation).ConfigureAwait(false);
    }
}
