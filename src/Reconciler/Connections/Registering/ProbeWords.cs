namespace Reconciler.Connections;

/// <summary>What a probe's way tells, in words. Pure.</summary>
internal static class ProbeWords
{
    public static (bool IsOk, IReadOnlyList<string> Says) Of(
        OpenConnection connection, Uri url, bool isSigned, int? status, string? trouble, ProbeSeen? seen)
    {
        if (seen is null) return (false, [Lost(connection, status, trouble)]);
        var says = new List<string> { "It arrived." };
        if (!isSigned)
        {
            says.Add(connection.Settings.Webhook.Verifies
                ? "It went unsigned, since only the provider has the key, or no secret is live: whether signatures hold is seen with its first delivery."
                : "Nothing verifies deliveries here: each only makes us ask.");
        }

        if (seen.Verdict == "verified") says.Add($"Its signature holds, by '{seen.VerifiedBy}'.");
        else if (isSigned || seen.Verdict == DeliveryVerdicts.AddressNotAllowed) says.Add(Wrong(seen.Verdict));
        var isSameHost = string.Equals(seen.Authority, url.Authority, StringComparison.OrdinalIgnoreCase);
        if (!isSameHost && connection.Settings.Webhook.PublicUrl is null)
            says.Add($"We were called as '{seen.Authority}', not as '{url.Authority}': a proxy rewrites the host. Where a signature covers it, set webhook.publicUrl.");
        if (seen.Path != url.AbsolutePath) says.Add($"We were called at '{seen.Path}', not at '{url.AbsolutePath}': a proxy rewrites the path.");
        return (seen.Verdict == "verified" || (!isSigned && seen.Verdict != DeliveryVerdicts.AddressNotAllowed), says);
    }

    private static string Lost(OpenConnection connection, int? status, string? trouble) => (status, trouble) switch
    {
        _ when connection.IsPaused => "The connection is paused: deliveries are turned away with 503 before anything looks at them.",
        (null, var why) => why ?? "Nothing answered.",
        (404, _) => "It did not arrive here: something else answered with HTTP 404. Look at the host and the path of the address, and at the proxy's routes.",
        (>= 300 and < 400, _) => $"It did not arrive here: something answered with a redirect (HTTP {status}), which no provider follows.",
        (413, _) => "It did not arrive here: something on the way takes no body of this size (HTTP 413).",
        (>= 200 and < 300, _) => $"Something else answered with HTTP {status}: a provider would take its deliveries for kept, and they would be lost.",
        _ => $"It did not arrive here: something on the way answered with HTTP {status}.",
    };

    private static string Wrong(string verdict) => verdict switch
    {
        "wrong_signature" => "Its signature does not hold, though we signed it: something on the way alters the body or the signature's headers.",
        "missing_header" => "A header of the signature did not arrive: something on the way takes it away.",
        "stale" => "It took too long, or the clocks of our nodes differ.",
        _ => DeliveryVerdicts.Says(verdict) ?? $"It would have been refused: {verdict}.",
    };
}
