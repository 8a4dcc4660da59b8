using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>CaurisFlux. Its payout webhooks are unconfirmed, so that a webhook alone finishes nothing here by default.</summary>
internal sealed class CaurisFluxProvider : IPayoutProvider
{
    internal const string PublicKey = "publicKey";
    internal const string SecretKey = "secretKey";
    internal const string StatusPath = "statusPath";

    public Provider Key => Provider.Caurisflux;

    public string Name => "CaurisFlux";

    /// <summary>From the API's introduction, payout and limits pages, and from the published plugin where no page says it (November 2026).</summary>
    public ProviderDefaults Defaults { get; } = new(
        // Live; the sandbox is https://sandbox-api.caurisflux.com/api/v1.
        BaseUrl: new Uri("https://prod-api.caurisflux.com/api/v1"),
        Credentials: [PublicKey, SecretKey],
        // Payouts share the payments' status route (payout page).
        Options: ImmutableDictionary<string, string>.Empty.Add(StatusPath, "/payments/status/{id}"),
        // Headers and scheme: the plugin's code. The plugin also takes a legacy form that signs the body alone; it is off here, since
        // it drops the replay protection. A connection turns it on with SignedContent.Body.
        Webhook: new WebhookSettings(
            Secrets: [],
            Keys: [],
            KeysFrom: null,
            PublicUrl: null,
            SignatureHeaders: ["X-Webhook-Signature", "X-Cauris-Signature"],
            TimestampHeaders: ["X-Webhook-Timestamp", "X-Cauris-Timestamp"],
            DeliveryIdHeaders: ["X-Webhook-Delivery-Id"],
            SignedContents: [SignedContent.TimestampDotBody],
            ToleranceSeconds: 300),
        // 100 a minute and 1000 an hour (limits page); the hour binds a poller.
        Polling: PollingPolicy.Default with
        {
            Budget = [new RequestBudget(100, TimeSpan.FromMinutes(1)), new RequestBudget(1000, TimeSpan.FromHours(1))],
            VerifyFinal = VerifyFinal.Always,
        },
        // No page names an event for payouts.
        WebhookEvents: [],
        SourceAddresses: [])
    {
        WhereToRegister = "Whether payouts have webhooks at all is not documented, so neither is where to enter the address. Polling finds every outcome without them.",
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings settings) =>
    [
        .. SettingsCheck.Api(settings.Api, Defaults),
        .. SettingsCheck.Path(settings.Api, StatusPath, needsId: true),
        .. SettingsCheck.HmacWebhook(settings.Webhook),
    ];

    public IProviderConnection Open(ConnectionSettings settings, HttpMessageInvoker http, TimeProvider clock) => new HmacConnection(
        new HmacScheme(settings.Webhook, TimeForms.UnixSeconds),
        new CaurisFluxClient(settings.Api, http, clock).StatusAsync,
        CaurisFluxTranslation.Status,
        CaurisFluxTranslation.Webhook);
}
