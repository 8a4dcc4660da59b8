using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Reconciler.Core;

namespace Reconciler.Pages.Reading;

/// <summary>Where the pages are. Ids are other people's words: they become one encoded segment, whatever stands in them.</summary>
internal static class Addresses
{
    internal const string Payouts = "/payouts";
    internal const string Cases = "/cases";
    internal const string Periods = "/periods";
    internal const string Connections = "/connections";

    /// <summary>No connection can have this name.</summary>
    internal const string NewConnection = "/connections/_new";

    internal static string Of(PayoutId payout) => $"{Payouts}/{payout.Connection}/{Uri.EscapeDataString(payout.ProviderPayoutId)}";

    internal static string Of(string payout) => Of(PayoutId.Parse(payout));

    internal static string Of(PayoutId payout, EvidenceDigest digest) => $"{Of(payout)}/evidence/{digest}";

    internal static string OfConnection(string key) => $"{Connections}/{key}";

    internal static string OfUnreadable(string connection) => $"{OfConnection(connection)}/unreadable";

    internal static string OfUnreadable(string connection, EvidenceDigest digest) => $"{OfUnreadable(connection)}/{digest}";

    internal static string OfPeriod(string connection, string period) => $"{Periods}/{connection}/{period}";

    internal static string OfCase(Guid id) => $"{Cases}/{id}";

    /// <summary>The path as it was sent: routing decodes it, and forgets which slashes were meant.</summary>
    internal static string PathOf(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?')[0];
        return path.StartsWith('/') ? path : "/";
    }

    /// <summary>A path with a query; entries without a value are left out.</summary>
    internal static string With(string path, IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var pairs = query.SelectMany(entry => entry.Value, (entry, value) => (entry.Key, Value: value)).Where(pair => !string.IsNullOrEmpty(pair.Value))
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!)}").ToList();
        return pairs.Count == 0 ? path : $"{path}?{string.Join('&', pairs)}";
    }

    /// <summary>The address if it is one of ours, else the start: a link from elsewhere must not send people away through us.</summary>
    internal static string Ours(string? address) =>
        address is { Length: > 0 and <= 2_000 } && address[0] == '/' && !address.StartsWith("//", StringComparison.Ordinal)
            && !address.Contains('\\') && !address.Any(char.IsControl)
            ? address
            : "/";
}
