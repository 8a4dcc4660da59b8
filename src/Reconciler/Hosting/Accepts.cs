namespace Reconciler.Hosting;

/// <summary>Chooses between JSON, which every route has, and one other representation.</summary>
internal static class Accepts
{
    /// <summary>Whether the caller named the other one and holds it at least as dear as JSON. Wildcards mean JSON.</summary>
    internal static bool Prefers(HttpRequest request, string mediaType)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality(mediaType) is > 0 and var other && other >= Quality("application/json");

        double Quality(string wanted) =>
            accepted.Where(range => range.MediaType.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                .Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
    }
}
