using System.Globalization;
using System.Text;

namespace Reconciler.Ledger.Broker;

/// <summary>How the feed is published to RabbitMQ (<c>Reconciler:Broker</c>). Without a <c>Uri</c> it is not.</summary>
internal sealed record BrokerOptions
{
    internal const string Section = "Reconciler:Broker";
    internal const string ExchangeUnlessGiven = "reconciler.changes";
    internal const string SourceUnlessGiven = "urn:reconciler";
    internal const int WindowUnlessGiven = 256;
    internal const int WindowMax = 10_000;

    // AMQP's short string.
    private const int ExchangeBytesMax = 255;
    private const int SourceCharactersMax = 500;

    private static readonly string[] Known = [nameof(Uri), nameof(Exchange), nameof(Source), nameof(Window), nameof(Declare), nameof(Mandatory)];

    /// <summary>Holds a password: shown only as <see cref="Shown"/>.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The topic exchange.</summary>
    public required string Exchange { get; init; }

    /// <summary>The source of the CloudEvents: a URI reference that names this installation.</summary>
    public required string Source { get; init; }

    /// <summary>Messages on their way that the broker has not confirmed, 1 to <see cref="WindowMax"/>.</summary>
    public required int Window { get; init; }

    /// <summary>False: the exchange is somebody else's to make, and must be there.</summary>
    public required bool Declare { get; init; }

    /// <summary>True: a message that no queue takes is as good as not published.</summary>
    public required bool Mandatory { get; init; }

    /// <summary>Where the broker is, without user and password.</summary>
    public string Shown => $"{Uri.Scheme}://{Uri.Host}:{Port}{Uri.AbsolutePath}";

    public int Port => Uri.Port > 0 ? Uri.Port : Uri.Scheme == "amqps" ? 5671 : 5672;

    /// <summary>Null where no broker is configured.</summary>
    /// <exception cref="InvalidOperationException">A setting makes no sense; the message names it, and never holds the URI.</exception>
    internal static BrokerOptions? From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (string.IsNullOrWhiteSpace(section[nameof(Uri)])) return null;
        foreach (var given in section.GetChildren().Where(given => !Known.Contains(given.Key, StringComparer.OrdinalIgnoreCase)))
            throw Wrong(given.Key, $"is no setting; there are {string.Join(", ", Known)}");
        return new BrokerOptions
        {
            Uri = Address(section[nameof(Uri)]!),
            Exchange = Given(section, nameof(Exchange), ExchangeUnlessGiven, IsExchange,
                $"is a name of 1 to {ExchangeBytesMax} bytes without control characters, and does not begin with 'amq.'"),
            Source = Given(section, nameof(Source), SourceUnlessGiven, IsSource,
                "is a URI or a reference to one, like https://pay.example.com/reconciler, without spaces"),
            Window = int.Parse(
                Given(section, nameof(Window), WindowUnlessGiven.ToString(CultureInfo.InvariantCulture), IsWindow, $"is a whole number from 1 to {WindowMax}"),
                CultureInfo.InvariantCulture),
            Declare = bool.Parse(Given(section, nameof(Declare), "true", IsYesNo, "is true or false")),
            Mandatory = bool.Parse(Given(section, nameof(Mandatory), "false", IsYesNo, "is true or false")),
        };
    }

    private static Uri Address(string given)
    {
        if (!Uri.TryCreate(given.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            throw Wrong(nameof(Uri), "is amqp://user:password@host:5672/vhost, or amqps:// for TLS, with what is special in it percent-encoded");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.AbsolutePath.Count(character => character == '/') > 1)
            throw Wrong(nameof(Uri), "ends with one virtual host, its slashes written as %2f, and has no query");
        return uri;
    }

    private static string Given(IConfigurationSection section, string name, string otherwise, Func<string, bool> isGood, string rule)
    {
        var text = string.IsNullOrEmpty(section[name]) ? otherwise : section[name]!;
        return isGood(text) ? text : throw Wrong(name, rule);
    }

    private static bool IsExchange(string text) =>
        Encoding.UTF8.GetByteCount(text) <= ExchangeBytesMax && !text.Any(char.IsControl) && !text.StartsWith("amq.", StringComparison.Ordinal);

    private static bool IsSource(string text) =>
        text.Length <= SourceCharactersMax && !text.Any(char.IsWhiteSpace) && Uri.IsWellFormedUriString(text, UriKind.RelativeOrAbsolute);

    private static bool IsWindow(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var window) && window is >= 1 and <= WindowMax;

    private static bool IsYesNo(string text) => bool.TryParse(text, out _);

    private static InvalidOperationException Wrong(string name, string rule) => new($"Reconciler__Broker__{name} {rule}.");

    public override string ToString() => Shown;
}
