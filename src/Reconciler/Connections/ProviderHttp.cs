using System.Net;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// The ways out to providers. A connection's requests go to the host that it names, and to no other; the address is judged when it is
/// connected to, so that a name that turns into an address of our own network leads nowhere; no redirects, which would carry the
/// credentials to another host; TLS is verified as the system does it.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    private const int ConnectionsPerServerMax = 32;

    private static readonly IPNetwork[] ThisMachine = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    // Simulators and sandboxes of our own stand there. Link-local is not among them: clouds answer with credentials at such addresses.
    private static readonly IPNetwork[] OurNetworks =
    [
        .. ThisMachine,
        .. new[] { "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7" }.Select(IPNetwork.Parse),
    ];

    private readonly OutgoingGuard guardLive;
    private readonly OutgoingGuard guardPlay;
    private readonly OutgoingGuard guardHere;
    private readonly HttpMessageInvoker live;
    private readonly HttpMessageInvoker play;
    private readonly HttpMessageInvoker here;

    /// <param name="outgoingRanges">Networks that live connections may reach although they are private.</param>
    /// <exception cref="InstallationFault">One of them is none.</exception>
    public ProviderHttp(string? outgoingRanges)
    {
        var ranges = Ranges(outgoingRanges);
        (guardLive, guardPlay, guardHere) = (new(ranges), new([.. ranges, .. OurNetworks]), new([.. ranges, .. ThisMachine]));
        live = guardLive.CreateInvoker(ConnectionsPerServerMax);
        play = guardPlay.CreateInvoker(ConnectionsPerServerMax);
        here = guardHere.CreateInvoker(ConnectionsPerServerMax);
    }

    /// <summary>To the connection's API, and nowhere else. Has no timeout for the whole request: the caller's policy knows it.</summary>
    public HttpMessageInvoker For(ConnectionSettings settings) =>
        new(new NamedHost(ChosenFor(settings.Environment, settings.Api.BaseUrl, live, play, here), settings.Api.BaseUrl));

    /// <summary>What judges the addresses of a URL that this connection names.</summary>
    public OutgoingGuard GuardFor(string environment, Uri url) => ChosenFor(environment, url, guardLive, guardPlay, guardHere);

    public void Dispose()
    {
        live.Dispose();
        play.Dispose();
        here.Dispose();
    }

    // What is named as this machine can be meant as this machine only.
    private static T ChosenFor<T>(string environment, Uri url, T live, T play, T here) =>
        ConnectionDecision.PlayEnvironments.Contains(environment) ? play : url.IsLoopback ? here : live;

    private static List<IPNetwork> Ranges(string? text)
    {
        var ranges = new List<IPNetwork>();
        foreach (var one in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!AddressReading.TryParse(one, out var range))
                throw new InstallationFault($"Reconciler__OutgoingRanges names '{one}', which is no address and no network like 10.0.0.0/8.");
            ranges.Add(range);
        }

        return ranges;
    }
}

/// <summary>Lets requests to one scheme, host and port through, whatever an adapter made of its path template.</summary>
internal sealed class NamedHost(HttpMessageInvoker inner, Uri named) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.RequestUri is { } url && Uri.Compare(url, named, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
            ? inner.SendAsync(request, cancellationToken)
            : throw new OutgoingRefused("No connection names this host.");
}
