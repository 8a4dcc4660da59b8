using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>AwdPay. How it signs withdrawal webhooks is known from third parties only, so that a webhook alone finishes nothing here by
/// default.</summary>
internal sealed class AwdPayProvider : IPayoutProvider
{
    internal const string ApiKey = "apiKey";
    internal const string SecretKey = "secretKey";
    internal const string StatusPath = "statusPath";
    internal const string TokenPath = "tokenPath";

    public Provider Key => Provider.Awdpay;

    public string Name => "AwdPay";

    /// <summary>From the withdrawal, authentication and webhook pages (November 2026).</summary>
    public ProviderDefaults Defaults { get; } = new(
        // Four generations of hosts are in circulation (app., api., gateway., and sandbox. with /test/ after /api): hence the path options.
        BaseUrl: new Uri("https://app.awdpay.com"),
        Credentials: [ApiKey, SecretKey],
        Options: ImmutableDictionary<string, string>.Empty
            .Add(StatusPath, "/api/withdraws/withdraws/{id}")
            .Add(TokenPath, "/api/auth/token"),
        // Third-party integration code; an earlier revision signed the body alone, which a connection turns on with SignedContent.Body.
        Webhook: new WebhookSettings(
            Secrets: [],
            Keys: [],
            KeysFrom: null,
            PublicUrl: null,
            SignatureHeaders: ["X-AWDPay-Signature"],
            TimestampHeaders: ["X-AWDPay-Timestamp"],
            DeliveryIdHeaders: [],
            SignedContents: [SignedContent.TimestampDotBody],
            ToleranceSeconds: 300),
        // "5 s, 15 s, 30 s, then every minute for at most 10 minutes" (withdrawal page). Running out is unresolved there, not failed:
        // we go on, slower. Their limits are unknown; our general budget holds.
        Polling: PollingPolicy.Default with
        {
            Silence =
            [
                TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30),
                .. Enumerable.Repeat(TimeSpan.FromMinutes(1), MinuteSteps),
            ],
            VerifyFinal = VerifyFinal.Always,
        },
        // Nothing is sent for expired and cancelled: those are seen by polling alone.
        WebhookEvents: ["withdrawal.pending", "withdrawal.processing", "withdrawal.success", "withdrawal.failed"],
        SourceAddresses: [])
    {
        WhereToRegister = "Nowhere: no dashboard is involved. Whoever sends a withdrawal request gives this address in it, as callbackUrl.",
    };

    // With the growth that follows the last step, about the ten minutes that the page names.
    private const int MinuteSteps = 7;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings settings) =>
    [
        .. SettingsCheck.Api(settings.Api, Defaults),
        .. SettingsCheck.Path(settings.Api, StatusPath, needsId: true),
        .. SettingsCheck.Path(settings.Api, TokenPath, needsId: false),
        .. SettingsCheck.HmacWebhook(settings.Webhook),
    ];

    public IProviderConnection Open(ConnectionSettings settings, HttpMessageInvoker http, TimeProvider clock) => new HmacConnection(
        new HmacScheme(settings.Webhook, TimeForms.UnixSeconds | TimeForms.Iso8601),
        new AwdPayClient(settings.Api, http, new AwdPayToken(settings.Api, settings.Polling.Timeout, http, clock), clock).StatusAsync,
        AwdPayTranslation.Status,
        AwdPayTranslation.Webhook);
}
