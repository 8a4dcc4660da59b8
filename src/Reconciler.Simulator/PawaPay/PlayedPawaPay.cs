using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.PawaPay;

/// <summary>pawaPay, both generations of its API. Calls back at a final status only, signed by RFC 9421 with RFC 9530.</summary>
public sealed class PlayedPawaPay(PawaPayKeys keys) : IPlayedProvider
{
    public const string ContentType = "application/json";

    public string Name => "pawapay";
    public string DefaultCurrency => "ZMW";

    public IReadOnlyList<string> Failures { get; } =
    [
        "RECIPIENT_NOT_FOUND", "RECIPIENT_NOT_ALLOWED_TO_RECEIVE", "BALANCE_INSUFFICIENT", "PAWAPAY_WALLET_OUT_OF_FUNDS",
        "WALLET_LIMIT_REACHED", "RECIPIENT_LIMIT_REACHED", "UNSPECIFIED_FAILURE", "UNKNOWN_ERROR", "OTHER_ERROR",
    ];

    /// <summary>"For about 15 minutes" is all that is documented; these waits add up to that.</summary>
    public IReadOnlyList<TimeSpan> Tries { get; } =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2),
        TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(7),
    ];

    public TimeSpan AnswerWithin => TimeSpan.FromSeconds(10);
    public IReadOnlyList<(int Requests, TimeSpan Window)> Limits => [];

    public bool Knows(Standing standing) => standing != Standing.Expired;

    public bool Sends(Standing standing) => standing is Standing.Succeeded or Standing.Failed or Standing.Cancelled;

    /// <summary>The documentation asks for a 200, not for any 2xx.</summary>
    public bool IsAcknowledged(int httpStatus) => httpStatus == 200;

    public string NewPayoutId(ref Draws draws) => draws.Uuid();

    public void WriteWebhook(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        if (payout.Connection.ApiVersion == "v1")
        {
            PawaPayBodies.WriteV1(json, payout, claim, payout.Id);
        }
        else
        {
            PawaPayBodies.WriteV2(json, payout, claim, payout.Id);
        }
    }

    public void Sign(WebhookMessage message, HttpRequestMessage request)
    {
        var created = message.StampedAt.ToUnixTimeSeconds();
        var date = message.StampedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var digest = $"sha-512=:{Convert.ToBase64String(SHA512.HashData(message.SignedBody))}:";
        var url = message.Url;
        string Parameters(string keyId) =>
            "(\"@method\" \"@authority\" \"@path\" \"signature-date\" \"content-digest\" \"content-type\")"
            + $";alg=\"ecdsa-p256-sha256\";keyid=\"{keyId}\";created={created};expires={created + 60}";
        byte[] Base(string keyId) => Encoding.UTF8.GetBytes(string.Join('\n',
            "\"@method\": POST",
            $"\"@authority\": {url.Authority.ToLowerInvariant()}",
            $"\"@path\": {url.AbsolutePath}",
            $"\"signature-date\": {date}",
            $"\"content-digest\": {digest}",
            $"\"content-type\": {ContentType}",
            $"\"@signature-params\": {Parameters(keyId)}"));

        var signature = keys.Sign(Base, message.Forged, out var signedBy);
        request.Headers.TryAddWithoutValidation("Content-Digest", digest);
        request.Headers.TryAddWithoutValidation("Signature-Date", date);
        request.Headers.TryAddWithoutValidation("Signature", $"sig-pp=:{signature}:");
        request.Headers.TryAddWithoutValidation("Signature-Input", $"sig-pp={Parameters(signedBy)}");
    }

    // An unknown id is no error here (an empty list, or NOT_FOUND); the routes answer it. Of a 500 only
    // UNKNOWN_ERROR without a status field is documented; the other bodies are in its likeness.
    public Refusal Refuse(RefusalKind kind, int retryAfterSeconds) => kind switch
    {
        RefusalKind.NotFound => new(404, """{"errorId":"simulated","errorCode":404,"errorMessage":"Not found"}"""),
        RefusalKind.Unauthorised => new(401, """{"failureReason":{"failureCode":"AUTHENTICATION_ERROR","failureMessage":"The API token is not valid."}}"""),
        RefusalKind.Throttled => new(429, """{"failureReason":{"failureCode":"TOO_MANY_REQUESTS","failureMessage":"Too many requests."}}""", true),
        RefusalKind.Broken => new(500, """{"failureReason":{"failureCode":"UNKNOWN_ERROR","failureMessage":"Unable to process request due to an unknown problem."}}"""),
    };
}
