using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Reconciler.Hosting;

/// <summary>
/// Whose word about a caller's address and scheme is believed: proxies that <c>Reconciler:KnownProxies</c> names, as addresses or
/// networks with commas between. Without any, nobody's: addresses go into the audit log and into limits.
/// </summary>
internal static class KnownProxies
{
    private const int HopsMax = 5;

    /// <exception cref="InvalidOperationException">What is named is no address and no network.</exception>
    internal static void UseKnownProxies(this WebApplication app)
    {
        var named = (app.Configuration["Reconciler:KnownProxies"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (named.Length == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = HopsMax,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var one in named)
        {
            if (IPAddress.TryParse(one, out var address)) options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(one, out var network)) options.KnownIPNetworks.Add(network);
            else throw new InvalidOperationException($"Reconciler__KnownProxies names '{one}', which is no address and no network like 10.0.0.0/8.");
        }

        app.UseForwardedHeaders(options);
    }
}
