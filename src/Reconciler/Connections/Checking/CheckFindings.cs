using System.Globalization;
using System.Security.Authentication;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What a check looks at.</summary>
public enum CheckedPart
{
    Reachable,
    Tls,
    Clock,
    Credentials,

    /// <summary>Whether the answer is the one that the provider documents for an id that it does not know.</summary>
    Answer,

    /// <summary>What the provider says about its limits.</summary>
    Budget,
}

public enum CheckVerdict
{
    Right,
    Wrong,

    /// <summary>It could not be told.</summary>
    Unknown,
}

/// <param name="Says">In words, for the operator.</param>
public sealed record CheckFinding(CheckedPart Part, CheckVerdict Verdict, string Says)
{
    public static CheckFinding Right(CheckedPart part, string says) => new(part, CheckVerdict.Right, says);

    public static CheckFinding Wrong(CheckedPart part, string says) => new(part, CheckVerdict.Wrong, says);

    public static CheckFinding Unknown(CheckedPart part, string says) => new(part, CheckVerdict.Unknown, says);
}

/// <summary>Says in words what a check's request showed. Pure.</summary>
internal static class CheckFindings
{
    private static readonly TimeSpan ClockGood = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CertificateSoon = TimeSpan.FromDays(14);

    /// <param name="answer">What the adapter made of it; null where it threw.</param>
    /// <param name="fault">What it threw.</param>
    public static IReadOnlyList<CheckFinding> Of(
        ConnectionSettings settings, AskedProvider asked, StatusAnswer? answer, Exception? fault, DateTimeOffset now) =>
    [
        Reachable(asked, fault),
        Tls(settings, asked, now),
        Clock(settings, asked),
        Credentials(asked, answer, fault),
        Answer(asked, answer, fault),
        Budget(settings, asked, fault),
    ];

    private static CheckFinding Reachable(AskedProvider asked, Exception? fault)
    {
        if (asked.Status is { } status) return CheckFinding.Right(CheckedPart.Reachable, $"Something answered, with HTTP {status}.");
        if (Refused(asked.Trouble) is { } refused) return CheckFinding.Wrong(CheckedPart.Reachable, $"We do not connect there: {refused.Message}");
        return asked.Trouble switch
        {
            null when fault is OperationCanceledException or ProviderUnavailable => CheckFinding.Wrong(CheckedPart.Reachable, "Nothing answered in time."),
            null => CheckFinding.Unknown(CheckedPart.Reachable, "Nothing was asked."),
            { HttpRequestError: HttpRequestError.NameResolutionError } => CheckFinding.Wrong(CheckedPart.Reachable, "The name of the host is not known: look at api.baseUrl."),
            { HttpRequestError: HttpRequestError.ConnectionError } => CheckFinding.Wrong(CheckedPart.Reachable, "The host takes no connection: look at api.baseUrl, its port, and our firewall."),
            { HttpRequestError: HttpRequestError.SecureConnectionError } => CheckFinding.Right(CheckedPart.Reachable, "The host takes connections."),
            var trouble => CheckFinding.Wrong(CheckedPart.Reachable, $"The connection broke off ({trouble.HttpRequestError})."),
        };
    }

    private static CheckFinding Tls(ConnectionSettings settings, AskedProvider asked, DateTimeOffset now)
    {
        if (asked.Trouble is { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException refused })
            return CheckFinding.Wrong(CheckedPart.Tls, $"No secure connection came about: {refused.Message}");
        if (settings.Api.BaseUrl.Scheme == Uri.UriSchemeHttp)
            return CheckFinding.Unknown(CheckedPart.Tls, "Nothing is encrypted: the address is plain http, which is for simulators and this machine.");
        if (asked is not { Tls: { } version, CertificateUntil: { } until }) return CheckFinding.Unknown(CheckedPart.Tls, "No connection came about.");
        var text = $"{Shown(version)}, with a certificate that this machine trusts until {InstantConverter.Text(until)}";
        return until - now > CertificateSoon ? CheckFinding.Right(CheckedPart.Tls, $"{text}.") : CheckFinding.Wrong(CheckedPart.Tls, $"{text}: that is soon.");
    }

    private static CheckFinding Clock(ConnectionSettings settings, AskedProvider asked)
    {
        if (asked.ClockAhead is not { } ahead) return CheckFinding.Unknown(CheckedPart.Clock, "The provider told no time.");
        if (ahead.Duration() <= ClockGood) return CheckFinding.Right(CheckedPart.Clock, "Our clock and the provider's agree.");
        var (seconds, side) = (ahead.Duration().TotalSeconds.ToString("F0", CultureInfo.InvariantCulture), ahead > TimeSpan.Zero ? "behind" : "ahead of");
        return CheckFinding.Wrong(
            CheckedPart.Clock, $"Our clock is {seconds} s {side} the provider's. A webhook's time may lie {settings.Webhook.ToleranceSeconds} s off: look at time synchronisation.");
    }

    private static CheckFinding Credentials(AskedProvider asked, StatusAnswer? answer, Exception? fault) => (answer, fault) switch
    {
        ({ }, _) => CheckFinding.Right(CheckedPart.Credentials, "They are accepted."),
        (_, ProviderRefused { HttpStatus: 401 }) => CheckFinding.Wrong(CheckedPart.Credentials, "They are refused (HTTP 401): a wrong key, or one of another environment."),
        (_, ProviderRefused { HttpStatus: 403 }) => CheckFinding.Wrong(
            CheckedPart.Credentials, "They are refused (HTTP 403): the key may not do this, or our address is not on the provider's list."),
        _ => CheckFinding.Unknown(CheckedPart.Credentials, asked.Status is null ? "They were not seen by the provider." : "The answer does not tell."),
    };

    private static CheckFinding Answer(AskedProvider asked, StatusAnswer? answer, Exception? fault) => (answer, fault) switch
    {
        ({ Reading: Reading.Observed { Statement.Status: ObservedStatus.NotFound } }, _) =>
            CheckFinding.Right(CheckedPart.Answer, "It says of an id that cannot exist what is documented: unknown."),
        ({ Reading: Reading.Observed }, _) => CheckFinding.Wrong(CheckedPart.Answer, "It says that an id exists that cannot: this is no real status API."),
        ({ }, _) => CheckFinding.Wrong(CheckedPart.Answer, "The answer is none that this provider documents: look at api.baseUrl and the path options."),
        (_, ProviderThrottled) => CheckFinding.Unknown(CheckedPart.Answer, "It says that we ask too much (HTTP 429). All nodes wait now."),
        (_, ProviderRefused { HttpStatus: 401 or 403 }) => CheckFinding.Unknown(CheckedPart.Answer, "It did not come that far."),
        (_, ProviderRefused { HttpStatus: var status }) =>
            CheckFinding.Wrong(CheckedPart.Answer, $"It refuses the request (HTTP {status}): look at api.baseUrl, the path options and the API's version."),
        (_, ProviderUnavailable) when asked.Status is 404 =>
            CheckFinding.Wrong(CheckedPart.Answer, "HTTP 404, and not the provider's own: the address leads to something else. Look at api.baseUrl and the path options."),
        (_, ProviderUnavailable) when asked.Status is { } status => CheckFinding.Wrong(CheckedPart.Answer, $"It cannot answer now (HTTP {status})."),
        _ => CheckFinding.Unknown(CheckedPart.Answer, "No answer came."),
    };

    private static CheckFinding Budget(ConnectionSettings settings, AskedProvider asked, Exception? fault)
    {
        var ours = settings.Polling.Budget.IsEmpty
            ? "This connection sets no bound of its own."
            : $"This connection keeps to {string.Join(" and ", settings.Polling.Budget.Select(one => $"{one.Requests} in {Duration.Text(one.Per)}"))}.";
        return asked.Budget.Count > 0 ? CheckFinding.Right(CheckedPart.Budget, $"It says {string.Join("; ", asked.Budget)}. {ours}")
            : fault is ProviderThrottled ? CheckFinding.Wrong(CheckedPart.Budget, $"It throttles us, and names no limit in its headers. {ours}")
            : CheckFinding.Unknown(CheckedPart.Budget, $"It names no limit in its headers. {ours}");
    }

    private static OutgoingRefused? Refused(Exception? trouble) => trouble?.InnerException as OutgoingRefused;

    private static string Shown(SslProtocols version) => version switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        _ => version.ToString(),
    };
}
