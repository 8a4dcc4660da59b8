using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Simulator.Polls;

/// <summary>How credentials in a request are compared.</summary>
public static class Credentials
{
    private const string Scheme = "Bearer ";

    /// <summary>What follows <c>Bearer</c> in the one Authorization header; null if there is none.</summary>
    public static string? Bearer(HttpContext http)
    {
        var header = http.Request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : null;
    }

    public static bool IsBearer(HttpContext http, string expected) => Matches(Bearer(http), expected);

    public static bool Matches(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
