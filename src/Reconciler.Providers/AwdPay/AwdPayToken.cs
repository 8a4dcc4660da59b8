using System.Net.Http.Headers;

namespace Reconciler.Providers;

/// <summary>
/// The connection's bearer token: held until shortly before its end, and asked for in a single flight. Many polls at once wait for one
/// exchange and share its outcome, a failure too; none of them can cancel it for the others, so it has a timeout of its own.
/// </summary>
internal sealed class AwdPayToken(ApiSettings api, TimeSpan timeout, HttpMessageInvoker http, TimeProvider clock)
{
    /// <summary>A token is not used in its last minute: a request takes time, and clocks differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private Held? held;
    private Task<Held>? flight;

    /// <exception cref="ProviderFault">The exchange failed; a 4xx of it is <see cref="ProviderRefused"/>.</exception>
    public async Task<Secret> GetAsync(CancellationToken cancellation)
    {
        Task<Held> current;
        lock (gate)
        {
            if (held is { } fresh && clock.GetUtcNow() < fresh.RefreshAt) return fresh.Token;
            current = flight ??= Task.Run(ExchangeAsync, CancellationToken.None);
        }

        return (await current.WaitAsync(cancellation).ConfigureAwait(false)).Token;
    }

    /// <summary>Drops a token that was refused, unless another poll has already replaced it.</summary>
    public void Forget(Secret refused)
    {
        lock (gate)
            if (held?.Token == refused) held = null;
    }

    private async Task<Held> ExchangeAsync()
    {
        try
        {
            var fresh = await AskAsync().ConfigureAwait(false);
            lock (gate) held = fresh;
            return fresh;
        }
        finally
        {
            lock (gate) flight = null;
        }
    }

    private async Task<Held> AskAsync()
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var request = new HttpRequestMessage(HttpMethod.Post, StatusUrl.For(api.BaseUrl, api.Options[AwdPayProvider.TokenPath]));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Content = new ByteArrayContent(
            AwdPayTokenRequest.Body(api.Credentials[AwdPayProvider.ApiKey], api.Credentials[AwdPayProvider.SecretKey]));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var askedAt = clock.GetUtcNow();
        try
        {
            var answer = await HttpAsking.SendAsync(http, request, notFoundIsAnswer: false, clock, limit.Token).ConfigureAwait(false);
            var granted = AwdPayTokenAnswer.Read(answer.Body) ?? throw new ProviderUnavailable("The token exchange gave no token.");
            return new Held(granted.Token, askedAt + Usable(granted.Lifetime));
        }
        catch (OperationCanceledException exception)
        {
            throw new ProviderUnavailable("The token exchange did not end in time.", exception);
        }
    }

    private static TimeSpan Usable(TimeSpan lifetime) => lifetime > Margin * 2 ? lifetime - Margin : lifetime / 2;

    private sealed record Held(Secret Token, DateTimeOffset RefreshAt);
}
