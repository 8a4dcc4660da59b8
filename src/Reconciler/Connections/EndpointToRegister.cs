using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What an operator enters in the provider's dashboard, and whether it works.</summary>
internal static class EndpointToRegister
{
    public static IResult Handle(string key, HttpRequest request, ConnectionRegistry registry, DeliveryTally tally)
    {
        return registry.Find(key) is { } open
            ? TypedResults.Json(Of(open, request, tally), JsonShapes.Answered)
            : ReadConnections.Unknown(key);
    }

    internal static EndpointAnswer Of(OpenConnection connection, HttpRequest request, DeliveryTally tally)
    {
        var (key, webhook, defaults) = (connection.Settings.Key.ToString(), connection.Settings.Webhook, connection.Definition.Defaults);
        var came = tally.Of(key);
        return new EndpointAnswer(
            webhook.PublicUrl?.OriginalString ?? $"{request.Scheme}://{request.Host}/webhooks/{key}",
            "POST",
            defaults.WebhookEvents,
            new SignatureAnswer(
                webhook.Verifies, InWords(webhook), webhook.SignatureHeaders, webhook.TimestampHeaders, webhook.DeliveryIdHeaders,
                [.. webhook.Secrets.Select(secret => secret.Id), .. webhook.Keys.Select(pinned => pinned.Id)]),
            defaults.SourceAddresses,
            came?.LastAt,
            came?.ShareVerified);
    }

    private static string InWords(WebhookSettings webhook)
    {
        var clock = $"at most {webhook.ToleranceSeconds} s from our clock";
        if (!webhook.Verifies)
            return "Nothing is verified: a delivery only makes us ask the provider. Give webhook.secrets or keys, so that it counts.";
        if (webhook.Secrets.IsEmpty)
            return $"HTTP message signature (RFC 9421) over method, target and Content-Digest, by {Keys(webhook)}, {clock}.";
        return $"HMAC-SHA256 in hex over {string.Join(", or over ", webhook.SignedContents.Select(Content))}.";

        string Content(SignedContent content) => content switch
        {
            SignedContent.TimestampDotBody => $"the timestamp header, a dot and the raw body, {clock}",
            SignedContent.Body => "the raw body",
        };
    }

    private static string Keys(WebhookSettings webhook) => (webhook.KeysFrom, webhook.Keys.IsEmpty) switch
    {
        (null, _) => "the public keys that are pinned here",
        (_, true) => "the provider's published keys",
        (_, false) => "pinned or published keys",
    };
}

/// <param name="Url">The connection's publicUrl, or else this service as the caller reached it.</param>
/// <param name="Events">What to tick; empty where the provider's documentation names none.</param>
/// <param name="SourceAddresses">Published addresses that webhooks come from, for a firewall; empty where unknown.</param>
/// <param name="LastDeliveryAt">Since this node started; null as long as none came.</param>
/// <param name="ShareVerified">0 to 1, of the deliveries since this node started; null as long as none came.</param>
public sealed record EndpointAnswer(
    string Url,
    string Method,
    IReadOnlyList<string> Events,
    SignatureAnswer Signature,
    IReadOnlyList<string> SourceAddresses,
    DateTimeOffset? LastDeliveryAt,
    decimal? ShareVerified);

/// <param name="Verifies">False: deliveries are nudges only.</param>
/// <param name="Scheme">In words.</param>
/// <param name="Headers">The first that is there counts.</param>
/// <param name="Ids">Of the secrets or pinned keys that are live now.</param>
public sealed record SignatureAnswer(
    bool Verifies,
    string Scheme,
    IReadOnlyList<string> Headers,
    IReadOnlyList<string> TimestampHeaders,
    IReadOnlyList<string> DeliveryIdHeaders,
    IReadOnlyList<string> Ids);
