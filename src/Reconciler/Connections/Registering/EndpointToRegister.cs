using Npgsql;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What an operator enters in the provider's dashboard, and whether it works.</summary>
internal static class EndpointToRegister
{
    public static async Task<IResult> HandleAsync(
        string key, HttpRequest request, ConnectionRegistry registry, NpgsqlDataSource database, DeliveryTally tally, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (registry.Find(key) is not { } open) return ReadConnections.Unknown(key);
        var now = clock.GetUtcNow();
        var heard = await HeardDeliveries.OfAsync(database, tally, open.Settings.Key, now, cancellation);
        return TypedResults.Json(Of(open, request, heard, now), JsonShapes.Answered);
    }

    /// <summary>The address as the provider calls it.</summary>
    internal static Uri UrlOf(OpenConnection connection, HttpRequest request) =>
        connection.Settings.Webhook.PublicUrl ?? new Uri($"{request.Scheme}://{request.Host}/webhooks/{connection.Settings.Key}");

    internal static EndpointAnswer Of(OpenConnection connection, HttpRequest request, HeardDeliveries heard, DateTimeOffset now)
    {
        var (webhook, defaults) = (connection.Settings.Webhook, connection.Definition.Defaults);
        return new EndpointAnswer(
            UrlOf(connection, request).OriginalString,
            "POST",
            defaults.WebhookEvents,
            defaults.WhereToRegister,
            new SignatureAnswer(
                webhook.Verifies, InWords(webhook), webhook.SignatureHeaders, webhook.TimestampHeaders, webhook.DeliveryIdHeaders,
                [.. webhook.Secrets.Where(secret => secret.IsLive(now)).Select(secret => secret.Id), .. webhook.Keys.Select(pinned => pinned.Id)]),
            defaults.SourceAddresses,
            [.. webhook.AllowedAddresses.Select(network => network.ToString())],
            connection.IsPaused,
            heard.FirstAt,
            heard.LastAt,
            heard.ShareVerified,
            heard.Verifiers.IsEmpty || heard.Verifiers[0].Deliveries == 0 ? null : heard.Verifiers[0].Verifier,
            heard.Verifiers,
            heard.Recent);
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
/// <param name="Where">Where in the provider's dashboard, as far as it is documented.</param>
/// <param name="SourceAddresses">Published addresses that webhooks come from, for a firewall; empty where unknown.</param>
/// <param name="AllowedAddresses">Whence deliveries are taken at all; empty: from anywhere.</param>
/// <param name="Paused">Deliveries are told to come again later.</param>
/// <param name="FirstDeliveryAt">At any node, ever; null as long as none came.</param>
/// <param name="LastDeliveryAt">Null as long as none came.</param>
/// <param name="ShareVerified">0 to 1, of the deliveries of today and yesterday (UTC); null where none came.</param>
/// <param name="LastVerifiedBy">The secret or key that matched last.</param>
/// <param name="Verifiers">When each secret or key matched last.</param>
/// <param name="Verdicts">What became of the deliveries of today and yesterday, and what to look at.</param>
public sealed record EndpointAnswer(
    string Url,
    string Method,
    IReadOnlyList<string> Events,
    string Where,
    SignatureAnswer Signature,
    IReadOnlyList<string> SourceAddresses,
    IReadOnlyList<string> AllowedAddresses,
    bool Paused,
    DateTimeOffset? FirstDeliveryAt,
    DateTimeOffset? LastDeliveryAt,
    decimal? ShareVerified,
    string? LastVerifiedBy,
    IReadOnlyList<VerifierUse> Verifiers,
    IReadOnlyList<VerdictCount> Verdicts);

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
