using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Reconciler.Tests.Client;

/// <summary>ZoPay's status API: what it says of a payout is what a test told it to say.</summary>
internal sealed class PlayedZoPay : IAsyncDisposable
{
    private readonly WebApplication app;

    private PlayedZoPay(Func<string, (string Status, string Amount, string Currency)> says)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapFallback((HttpContext http) =>
        {
            var id = http.Request.Path.Value!.Split('/')[^1];
            var (status, amount, currency) = says(id);
            return new { payout = new { id, amount, currency, status, recipient = new { msisdn = "+221771234567" } } };
        });
    }

    public string Address => app.Urls.First();

    public static async Task<PlayedZoPay> StartAsync(Func<string, (string Status, string Amount, string Currency)> says)
    {
        var provider = new PlayedZoPay(says);
        await provider.app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
