using System.Net;
using System.Net.Sockets;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>A subscription as an operator sent it, checked but for what only the service knows.</summary>
/// <param name="Kinds">Empty: all.</param>
/// <param name="Connections">Empty: all.</param>
/// <param name="Secrets">Null: nothing said. A null secret: keep the one of this id, or make one.</param>
/// <param name="StartAfter">Only of a new one. Null: the feed's head.</param>
internal sealed record GivenSubscription(
    string Url,
    string? Description,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<string> Connections,
    IReadOnlyList<string> AllowedRanges,
    IReadOnlyList<(string Id, Secret? Secret)>? Secrets,
    long? StartAfter)
{
    private const int UrlLengthMax = 2000;
    private const int DescriptionLengthMax = 200;
    private const int PrefixBitsMinV4 = 8;
    private const int PrefixBitsMinV6 = 7;
    private const string UrlRule = "An absolute https URL is needed, without user, password or fragment; http only where allowedRanges names a network.";

    /// <summary>Whether it says, but for the secrets, what is stored.</summary>
    internal bool IsThatOf(SubscriptionRow row) =>
        Url == row.Url && Description == row.Description
        && Kinds.SequenceEqual(row.Kinds) && Connections.SequenceEqual(row.Connections) && AllowedRanges.SequenceEqual(row.AllowedRanges);

    /// <summary>Null where something is wrong; the problems say what.</summary>
    internal static GivenSubscription? Read(MemberReader root, bool isNew, List<SettingProblem> problems)
    {
        var ranges = Ranges(root);
        var url = ReadUrl(root, ranges);
        var given = new GivenSubscription(
            url ?? "",
            root.Text("description", DescriptionLengthMax),
            Words(root, "kinds", ChangeKind.All.Contains, $"Each is one of: {string.Join(", ", ChangeKind.All)}."),
            Words(root, "connections", key => ConnectionKey.TryParse(key, out _), "Each is a connection's key."),
            [.. ranges.Select(range => range.ToString())],
            Given(root),
            isNew ? root.Position("startAfter") : null);
        root.Close();
        return problems.Count == 0 ? given : null;
    }

    private static string? ReadUrl(MemberReader root, IReadOnlyList<IPNetwork> ranges)
    {
        if (root.Text("url", UrlLengthMax) is not { } text
            || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && ranges.Count > 0))
            || url.Host.Length == 0 || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            root.Problem("url", UrlRule);
            return null;
        }

        // A name is judged when it is resolved, at each connection; an address can be judged now.
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
            && new OutgoingGuard(ranges).Refusal(address, url.Scheme == Uri.UriSchemeHttps) is { } refusal)
        {
            root.Problem("url", refusal);
        }

        return url.AbsoluteUri;
    }

    private static List<IPNetwork> Ranges(MemberReader root)
    {
        var ranges = new List<IPNetwork>();
        foreach (var text in root.Texts("allowedRanges") ?? [])
        {
            if (!IPNetwork.TryParse(text, out var range) || range.BaseAddress.IsIPv4MappedToIPv6)
                root.Problem("allowedRanges", "Each is a network in CIDR form, like 10.1.0.0/16 or fd00:1::/32.");
            else if (range.PrefixLength < (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? PrefixBitsMinV4 : PrefixBitsMinV6))
                root.Problem("allowedRanges", $"A network is too wide: /{PrefixBitsMinV4} of IPv4 and /{PrefixBitsMinV6} of IPv6 are the widest.");
            else
                ranges.Add(range);
        }

        return ranges;
    }

    private static IReadOnlyList<string> Words(MemberReader root, string name, Func<string, bool> isKnown, string rule)
    {
        var words = root.Texts(name) ?? [];
        if (!words.All(isKnown)) root.Problem(name, rule);
        return [.. words.Distinct(StringComparer.Ordinal)];
    }

    private static List<(string Id, Secret? Secret)>? Given(MemberReader root)
    {
        if (root.Objects("secrets")?.Select(One).ToList() is not { } secrets) return null;
        if (secrets.Count is 0 or > SubscriptionSecret.LiveMax) root.Problem("secrets", $"1 to {SubscriptionSecret.LiveMax} are needed.");
        if (secrets.DistinctBy(secret => secret.Id).Count() < secrets.Count) root.Problem("secrets", "Each needs an id of its own.");
        return secrets;
    }

    private static (string Id, Secret? Secret) One(MemberReader given)
    {
        var id = given.Text("id");
        if (id is null) given.Problem("id", "It is missing: any name for this secret, like 2026-11.");
        var text = given.Text("secret");
        var secret = text is null or ConnectionDocument.Masked ? null : new Secret(text);
        if (secret is not null && StandardWebhook.KeyOf(secret) is null)
            given.Problem("secret", "It is 'whsec_' and then base64 of 24 to 64 bytes; leave it out to have one made.");
        given.Close();
        return (id ?? "", secret);
    }
}
