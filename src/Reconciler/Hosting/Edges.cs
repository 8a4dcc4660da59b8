using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Reconciler.Core;

namespace Reconciler.Hosting;

/// <summary>
/// What a stranger may cost us before anybody knows who it is (<c>Reconciler:Edges</c>). The defaults are wide for every provider and every
/// caller of the API, and narrow for whoever sends a byte now and then.
/// </summary>
internal sealed record Edges
{
    internal const string Section = "Reconciler:Edges";

    /// <summary>Open connections; more are closed at once. One that says nothing costs some kilobytes.</summary>
    public int Connections { get; init; } = 16_000;

    /// <summary>From the first byte of a request to the end of its headers.</summary>
    public TimeSpan HeaderTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may say nothing, before its first request too. Longer than the idle time of the usual proxies (60 s),
    /// so that they close it, and not we at the moment when they send.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Of all headers together.</summary>
    public int HeaderBytes { get; init; } = 16 * 1024;

    public int HeaderCount { get; init; } = 64;

    public int RequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>Where a route sets no other bound. Deliveries have theirs, and announcing many has none but its lines'.</summary>
    public long BodyBytes { get; init; } = 30_000_000;

    /// <summary>A body that comes more slowly than this is given up.</summary>
    public int BodyBytesPerSecond { get; init; } = 240;

    /// <summary>For so long it may be slower: a network hiccups.</summary>
    public TimeSpan SlowFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <exception cref="InvalidOperationException">A setting makes no sense; the message names it.</exception>
    internal static Edges Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var unless = new Edges();
        return new Edges
        {
            Connections = Whole(nameof(Connections), unless.Connections),
            HeaderTime = Span(nameof(HeaderTime), unless.HeaderTime),
            IdleTime = Span(nameof(IdleTime), unless.IdleTime),
            HeaderBytes = Whole(nameof(HeaderBytes), unless.HeaderBytes),
            HeaderCount = Whole(nameof(HeaderCount), unless.HeaderCount),
            RequestLineBytes = Whole(nameof(RequestLineBytes), unless.RequestLineBytes),
            BodyBytes = Whole(nameof(BodyBytes), (int)unless.BodyBytes),
            BodyBytesPerSecond = Whole(nameof(BodyBytesPerSecond), unless.BodyBytesPerSecond),
            SlowFor = Span(nameof(SlowFor), unless.SlowFor),
        };

        int Whole(string name, int otherwise) => section[name] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new InvalidOperationException($"Reconciler__Edges__{name} must be a whole number above 0.");

        TimeSpan Span(string name, TimeSpan otherwise) => section[name] is not { Length: > 0 } text ? otherwise
            : Duration.TryParse(text, out var span) && span >= TimeSpan.FromSeconds(1) ? span
            : throw new InvalidOperationException($"Reconciler__Edges__{name} must be a span of 1s or more, like 10s or 1m.");
    }

    internal static void Set(KestrelServerOptions kestrel, Edges edges)
    {
        var rate = new MinDataRate(edges.BodyBytesPerSecond, edges.SlowFor);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = edges.Connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = edges.Connections;
        kestrel.Limits.RequestHeadersTimeout = edges.HeaderTime;
        kestrel.Limits.KeepAliveTimeout = edges.IdleTime;
        kestrel.Limits.MaxRequestHeadersTotalSize = edges.HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = edges.HeaderCount;
        kestrel.Limits.MaxRequestLineSize = edges.RequestLineBytes;
        kestrel.Limits.MaxRequestBodySize = edges.BodyBytes;
        kestrel.Limits.MinRequestBodyDataRate = rate;
    }
}
