using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Simulator.Tests;

/// <summary>Verifies webhooks from the documentation alone, apart from the simulator's own signing.</summary>
public static partial class Signatures
{
    public static bool IsStampedHmac(Received webhook, string secret, string signatureHeader, string timestampHeader)
    {
        var text = $"{webhook.Headers[timestampHeader]}.{Encoding.UTF8.GetString(webhook.Body)}";
        return webhook.Headers[signatureHeader] == Hmac(secret, text);
    }

    public static bool IsBodyHmac(Received webhook, string secret, string signatureHeader) =>
        webhook.Headers[signatureHeader] == "sha256=" + Hmac(secret, Encoding.UTF8.GetString(webhook.Body));

    /// <summary>RFC 9421 over RFC 9530, with a DER signature, as pawaPay's pages describe it.</summary>
    public static bool IsHttpMessageSignature(Received webhook, string pem)
    {
        var parameters = webhook.Headers["Signature-Input"]["sig-pp=".Length..];
        var covered = Components().Matches(parameters[..(parameters.IndexOf(')', StringComparison.Ordinal) + 1)]).Select(match => match.Groups[1].Value);
        var lines = covered.Select(name => $"\"{name}\": " + name switch
        {
            "@method" => "POST",
            "@authority" => webhook.Authority,
            "@path" => webhook.Path,
            _ => webhook.Headers[name],
        }).Append($"\"@signature-params\": {parameters}");
        var signature = Convert.FromBase64String(webhook.Headers["Signature"]["sig-pp=:".Length..^1]);
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        var digest = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(webhook.Body))}:";
        return webhook.Headers["Content-Digest"] == digest && key.VerifyData(
            Encoding.UTF8.GetBytes(string.Join('\n', lines)), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public static long Number(Received webhook, string header) => long.Parse(webhook.Headers[header], CultureInfo.InvariantCulture);

    private static string Hmac(string secret, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Components();
}
