using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Reconciler.Pages.Assets;

/// <summary>
/// The few files that the pages need, out of the program itself: they are there however it was started. An address names the content by
/// its digest, so that browsers keep it for good and never show a page with another version's looks.
/// </summary>
internal static class PageAssets
{
    internal const string Root = "/assets/";

    private const string Forever = "public, max-age=31536000, immutable";
    private const string Prefix = "asset:";

    private static readonly FrozenDictionary<string, Asset> ByName = new[]
    {
        Together("reconciler.css", "text/css; charset=utf-8", ".css"),
        Together("reconciler.js", "text/javascript; charset=utf-8", ".js"),
        Together("icon.svg", "image/svg+xml", ".svg"),
    }.ToFrozenDictionary(asset => asset.Name);

    /// <summary>The address of an asset as it is in this version.</summary>
    internal static string Address(string name) => $"{Root}{name}?v={ByName[name].Version}";

    internal static void MapAssets(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Root + "{name}", (string name, HttpContext context) =>
        {
            if (!ByName.TryGetValue(name, out var asset)) return Results.NotFound();
            context.Response.Headers.CacheControl = context.Request.Query["v"] == asset.Version ? Forever : "no-cache";
            return Results.Bytes(asset.Content, asset.Type, entityTag: new($"\"{asset.Version}\""));
        }).AllowAnonymous().ExcludeFromDescription();

    // All parts of a kind, in the order of their names.
    private static Asset Together(string name, string type, string ending)
    {
        var program = typeof(PageAssets).Assembly;
        var parts = program.GetManifestResourceNames()
            .Where(part => part.StartsWith(Prefix, StringComparison.Ordinal) && part.EndsWith(ending, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        using var content = new MemoryStream();
        foreach (var part in parts)
        {
            using var stream = program.GetManifestResourceStream(part)!;
            stream.CopyTo(content);
            content.Write("\n"u8);
        }

        var bytes = content.ToArray();
        return new Asset(name, type, bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..12]);
    }

    private sealed record Asset(string Name, string Type, byte[] Content, string Version);
}
