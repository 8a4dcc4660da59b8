using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Reconciler.Hosting;

/// <summary>
/// The way out to addresses that somebody else names. A name is resolved here, its addresses are judged, and the connection goes to the
/// very address that was judged: there is no second look-up in which a name could turn into another address. Private addresses, and
/// plain HTTP, only where the operator allowed the network. TLS is verified as the system does it; no redirects, cookies or proxies.
/// </summary>
public sealed class OutgoingGuard
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PooledConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ResponseDrainTimeout = TimeSpan.FromSeconds(1);
    private const int ResponseDrainBytesMax = 64 * 1024;
    private const int ResponseHeadersKilobytesMax = 32;
    private const int AddressesTriedMax = 4;

    private readonly IPNetwork[] allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;

    /// <param name="allowed">Networks whose addresses may be reached although they are private, and by plain HTTP.</param>
    public OutgoingGuard(IEnumerable<IPNetwork> allowed) : this(allowed, Dns.GetHostAddressesAsync)
    {
    }

    internal OutgoingGuard(IEnumerable<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>> resolve) =>
        (this.allowed, this.resolve) = ([.. allowed], resolve);

    /// <summary>Why an address may not be reached; null where it may.</summary>
    public string? Refusal(IPAddress address, bool isEncrypted)
    {
        var plain = PrivateAddresses.Plain(address);
        if (allowed.Any(network => network.Contains(plain))) return null;
        if (PrivateAddresses.Contain(plain)) return "The address lies in a private network that is not among the allowed ranges.";
        return isEncrypted ? null : "Plain http is for allowed private ranges only; use https.";
    }

    /// <summary>Has no timeout for the whole request: the caller knows how long it may take. An answer that is not read is not waited for.</summary>
    /// <param name="connected">Is shown each connection's stream, when it is ready for requests.</param>
    public HttpMessageInvoker CreateInvoker(int connectionsMax, Action<Stream>? connected = null) => new(new SocketsHttpHandler
    {
        PlaintextStreamFilter = connected is null ? null : (context, _) =>
        {
            connected(context.PlaintextStream);
            return ValueTask.FromResult(context.PlaintextStream);
        },
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        ConnectCallback = ConnectAsync,
        PooledConnectionLifetime = PooledConnectionLifetime,
        MaxConnectionsPerServer = connectionsMax,
        MaxResponseHeadersLength = ResponseHeadersKilobytesMax,
        MaxResponseDrainSize = ResponseDrainBytesMax,
        ResponseDrainTimeout = ResponseDrainTimeout,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    });

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var isEncrypted = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
        var addresses = await AddressesAsync(context.DnsEndPoint.Host, cancellation);
        var open = addresses.Where(address => Refusal(address, isEncrypted) is null).Take(AddressesTriedMax).ToList();
        if (open.Count == 0)
            throw new OutgoingRefused(addresses.Length == 0 ? "The name has no address." : Refusal(addresses[0], isEncrypted)!);
        for (var at = 0; ; at++)
        {
            var socket = new Socket(open[at].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(open[at], context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception fault)
            {
                socket.Dispose();
                if (fault is not SocketException || at + 1 == open.Count) throw;
            }
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await resolve(host, cancellation);
}

/// <summary>The address may not be reached. Comes as the inner exception of an <see cref="HttpRequestException"/>.</summary>
public sealed class OutgoingRefused(string why) : IOException(why);
