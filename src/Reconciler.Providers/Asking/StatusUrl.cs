namespace Reconciler.Providers;

/// <summary>Builds a request's address from a connection's base URL and a path template.</summary>
internal static class StatusUrl
{
    /// <summary>Where the payout's id goes, in every path option of every provider.</summary>
    public const string IdPlaceholder = "{id}";

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Appends the path to the base URL's own path, with the id percent-encoded as one segment.</summary>
    /// <param name="baseUrl">Absolute, without query.</param>
    /// <param name="pathTemplate">Begins with a slash; may hold <see cref="IdPlaceholder"/>.</param>
    /// <param name="providerPayoutId">Any id; also <c>..</c> or <c>a/b</c> stays one segment, and cannot lead to another resource.</param>
    public static Uri For(Uri baseUrl, string pathTemplate, string providerPayoutId = "") =>
        new(baseUrl.AbsoluteUri.TrimEnd('/') + pathTemplate.Replace(IdPlaceholder, Segment(providerPayoutId), StringComparison.Ordinal), AsWritten);

    // Dots need no escape by RFC 3986, but a segment of dots alone means another folder.
    private static string Segment(string id) =>
        id.AsSpan().ContainsAnyExcept('.') ? Uri.EscapeDataString(id) : id.Replace(".", "%2E", StringComparison.Ordinal);
}
