namespace Reconciler.Providers;

/// <summary>Asks Zayono for a payout's status.</summary>
internal sealed class ZayonoClient(ApiSettings api, HttpMessageInvoker http, TimeProvider clock)
{
    /// <summary>From the silence schedule's third poll on, Zayono is made to ask its aggregator again.</summary>
    private const int PollsBeforeVerify = 2;

    /// <exception cref="ProviderFault">As <see cref="IProviderConnection.AskAsync"/> throws it.</exception>
    public async Task<HttpAnswer> StatusAsync(StatusQuestion question, CancellationToken cancellation)
    {
        var path = api.Options[AsksDeeper(question) ? ZayonoProvider.VerifyPath : ZayonoProvider.StatusPath];
        using var request = new HttpRequestMessage(HttpMethod.Get, StatusUrl.For(api.BaseUrl, path, question.ProviderPayoutId));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {api.Credentials[ZayonoProvider.ApiKey].Value}");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return await HttpAsking.SendAsync(http, request, notFoundIsAnswer: true, clock, cancellation).ConfigureAwait(false);
    }

    // Every other time only: while the aggregator is down, /verify may fail for hours, and the plain answer must still be heard.
    private static bool AsksDeeper(StatusQuestion question) =>
        question.PollsSinceHeard >= PollsBeforeVerify && (question.PollsSinceHeard - PollsBeforeVerify) % 2 == 0;
}
