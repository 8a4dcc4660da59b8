using Microsoft.AspNetCore.Http.Features;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// A provider's payout id may hold slashes and anything else. Below <c>/v1/payouts/{connection}/</c> everything is the id, but for a
/// literal sub-resource at the end; to name an id that itself ends like one, its slash is sent as <c>%2F</c>. The server decodes a path
/// before routing and thereby forgets which slashes were meant, so the path is made anew from what was really sent: the id
/// becomes one encoded segment, and routes need no catch-all. The pages' <c>/payouts/{connection}/</c> is read alike.
/// </summary>
internal static class PayoutPaths
{
    internal const string Root = "/v1/payouts/";

    private static readonly string[] Roots = [Root, "/payouts/"];
    private static readonly string[] SubResources = ["events", "why", "poll", "dossier", "erase"];
    private const string Evidence = "evidence";

    internal static IApplicationBuilder UsePayoutPaths(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var feature = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        // Made by its constructor: the conversion from text would decode it once more.
        if (Rewritten(feature.RawTarget) is { } path) context.Request.Path = new PathString(path);
        return next(context);
    });

    /// <summary>The path to route by; null where the request is below neither root, or names no payout.</summary>
    internal static string? Rewritten(string rawTarget)
    {
        if (Array.Find(Roots, root => rawTarget.StartsWith(root, StringComparison.OrdinalIgnoreCase)) is not { } root) return null;
        var query = rawTarget.IndexOf('?');
        var segments = (query < 0 ? rawTarget : rawTarget[..query])[root.Length..].Split('/');
        if (segments.Length < 2) return null;
        var tail = TailLength(segments);
        var id = string.Join('/', segments[1..^tail].Select(Uri.UnescapeDataString));
        if (id.Length == 0) return null;
        return string.Join('/', [root + segments[0], Uri.EscapeDataString(id), .. segments[^tail..]]);
    }

    /// <summary>The id that the route values name; null where they can name none.</summary>
    internal static PayoutId? IdOf(string connection, string id) =>
        ConnectionKey.TryParse(connection, out var key) && PayoutId.TryCreate(key, Uri.UnescapeDataString(id), out var payout) ? payout : null;

    /// <summary>The address of a payout as we write it: always with the id as one segment.</summary>
    internal static string Of(PayoutId payout) => $"{Root}{payout.Connection}/{Uri.EscapeDataString(payout.ProviderPayoutId)}";

    // At least one segment must be left to be the id.
    private static int TailLength(string[] segments) => segments switch
    {
        [_, _, .., Evidence, { } digest] when EvidenceDigest.TryParse(digest, out _) => 2,
        [_, _, .., { } last] when segments.Length > 2 && SubResources.Contains(last, StringComparer.Ordinal) => 1,
        _ => 0,
    };
}
