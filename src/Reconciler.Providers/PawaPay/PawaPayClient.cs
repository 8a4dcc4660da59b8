using System.Net.Http.Headers;
using System.Text.Json;

namespace Reconciler.Providers;

/// <summary>The only I/O with pawaPay: a bearer token, one request a question.</summary>
internal sealed class PawaPayClient(ApiSettings api, HttpMessageInvoker http, TimeProvider clock)
{
    private string VersionPath => api.Options[PawaPayProvider.ApiVersionOption] == PawaPayProvider.V1 ? "" : "/v2";

    /// <summary>An unknown id is a 200 here (v1 an empty list, v2 NOT_FOUND), so a 404 is a refusal: a wrong address.</summary>
    public Task<HttpAnswer> StatusAsync(StatusQuestion question, CancellationToken cancellation) =>
        GetAsync(StatusUrl.For(api.BaseUrl, $"{VersionPath}/payouts/{StatusUrl.IdPlaceholder}", question.ProviderPayoutId), cancellation);

    /// <summary>The keys that sign callbacks: <c>[{"id","key": PEM}]</c>.</summary>
    /// <exception cref="ProviderFault">As for any request; an answer of another shape is <see cref="ProviderUnavailable"/>.</exception>
    public async Task<IReadOnlyList<WebhookKey>> KeysAsync(CancellationToken cancellation)
    {
        var answer = await GetAsync(StatusUrl.For(api.BaseUrl, $"{VersionPath}/public-key/http"), cancellation).ConfigureAwait(false);
        using var document = WireJson.Parse(answer.Body);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Array } list })
            throw new ProviderUnavailable("The answer is no list of public keys.");

        var keys = new List<WebhookKey>();
        foreach (var item in list.EnumerateArray().Take(PublicKeys.KeysMax))
            if (item.Id("id") is { } id && item.WholeText("key") is { } pem) keys.Add(new WebhookKey(id, pem));
        return keys;
    }

    private async Task<HttpAnswer> GetAsync(Uri url, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.Credentials[PawaPayProvider.TokenCredential].Value);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await HttpAsking.SendAsync(http, request, notFoundIsAnswer: false, clock, cancellation).ConfigureAwait(false);
    }
}
