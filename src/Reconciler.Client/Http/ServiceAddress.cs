namespace Reconciler.Client;

internal static class ServiceAddress
{
    /// <summary>The client, where it knows the service's address. Paths are relative to it, so that the service may stand under a prefix.</summary>
    internal static HttpClient Addressed(this HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.BaseAddress is not null
            ? http
            : throw new ArgumentException("The HttpClient needs the service's address as its BaseAddress.", nameof(http));
    }
}
