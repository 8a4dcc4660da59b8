using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Providers.Tests;

/// <summary>
/// A callback as pawaPay's page shows it (November 2026), each part open to change. The base is written down here once more, by hand,
/// so that a mistake of the verifier's cannot hide in a shared builder.
/// </summary>
internal sealed record SignedCallback(SigningKey Key, DateTimeOffset At)
{
    public static readonly string[] DocumentedComponents = ["@method", "@authority", "@path", "signature-date", "content-digest", "content-type"];

    public string Label { get; init; } = "sig-pp";

    public string Body { get; init; } = """{"payoutId":"f4401bd2-1568-4140-bf2d-eb77d2b2b639","status":"COMPLETED"}""";

    public string Authority { get; init; } = "pay.example.com";

    public string Path { get; init; } = "/webhooks/pawapay-live";

    public string[] Components { get; init; } = DocumentedComponents;

    /// <summary>Null: the key's own.</summary>
    public string? Algorithm { get; init; }

    public bool NamesAlgorithm { get; init; } = true;

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(60);

    public string? ContentDigest { get; init; }

    public string ParametersText =>
        $"({string.Join(' ', Components.Select(component => $"\"{component}\""))})"
        + (NamesAlgorithm ? $";alg=\"{Algorithm ?? Key.Algorithm}\"" : "")
        + string.Create(CultureInfo.InvariantCulture, $";keyid=\"{Key.Id}\";created={At.ToUnixTimeSeconds()};expires={(At + Lifetime).ToUnixTimeSeconds()}");

    public string Digest => ContentDigest ?? $"sha-512=:{Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(Body)))}:";

    /// <param name="receivedAfter">How long it was on its way.</param>
    /// <param name="asReceived">The authority and path that reach us, where a proxy rewrote them.</param>
    public Delivery Deliver(TimeSpan receivedAfter = default, (string Authority, string Path)? asReceived = null, string? parameters = null)
    {
        var described = parameters ?? ParametersText;
        var signature = Convert.ToBase64String(Key.Sign(Encoding.UTF8.GetBytes(Base(described))));
        var headers = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = ["application/json"],
            ["Content-Digest"] = [Digest],
            ["Signature-Date"] = [SignatureDate],
            ["Signature"] = [$"{Label}=:{signature}:"],
            ["Signature-Input"] = [$"{Label}={described}"],
        };
        var (authority, path) = asReceived ?? (Authority, Path);
        return new Delivery("POST", authority, path, headers, Encoding.UTF8.GetBytes(Body), At + receivedAfter);
    }

    private string SignatureDate => At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string Base(string described) => string.Join('\n', Components.Select(Line)) + $"\n\"@signature-params\": {described}";

    private string Line(string component) => $"\"{component}\": " + component switch
    {
        "@method" => "POST",
        "@authority" => Authority.ToLowerInvariant(),
        "@path" => Path,
        "signature-date" => SignatureDate,
        "content-digest" => Digest,
        "content-type" => "application/json",
        _ => "",
    };
}

internal static class Deliveries
{
    /// <summary>The delivery with one header changed; null removes it.</summary>
    public static Delivery WithHeader(this Delivery delivery, string name, params string[]? values)
    {
        var headers = new Dictionary<string, string[]>(delivery.Headers, StringComparer.OrdinalIgnoreCase);
        if (values is null) headers.Remove(name);
        else headers[name] = values;
        return delivery with { Headers = headers };
    }

    public static Delivery WithBody(this Delivery delivery, string body) => delivery with { Body = Encoding.UTF8.GetBytes(body) };
}
