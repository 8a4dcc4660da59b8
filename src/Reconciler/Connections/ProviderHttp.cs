using System.Diagnostics;
using System.Net;

namespace Reconciler.Connections;

/// <summary>The one way out to all providers. TLS is verified as the system does it; what is not asked for does not happen.</summary>
internal static class ProviderHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PooledConnectionLifetime = TimeSpan.FromMinutes(5);
    private const int ConnectionsPerServerMax = 32;
    private const int ResponseHeadersKilobytesMax = 32;

    /// <summary>Has no timeout for the whole request: the caller's policy knows how long it may take.</summary>
    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        // A redirect would carry the credentials to another host.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        // Providers move: an address that was looked up once is not kept for ever.
        PooledConnectionLifetime = PooledConnectionLifetime,
        MaxConnectionsPerServer = ConnectionsPerServerMax,
        MaxResponseHeadersLength = ResponseHeadersKilobytesMax,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    });
}
