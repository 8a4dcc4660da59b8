using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>Zayono. Its final statuses are documented as immutable; three quick tries make its webhooks easy to lose.</summary>
internal sealed class ZayonoProvider : IPayoutProvider
{
    internal const string ApiKey = "apiKey";
    internal const string StatusPath = "statusPath";
    internal const string VerifyPath = "verifyPath";

    public Provider Key => Provider.Zayono;

    public string Name => "Zayono";

    /// <summary>From the payout, webhook and limits pages (November 2026).</summary>
    public ProviderDefaults Defaults { get; } = new(
        // One host; the key (zyn_test_ or zyn_live_) decides sandbox or live.
        BaseUrl: new Uri("https://backend.zayono.com/api"),
        Credentials: [ApiKey],
        Options: ImmutableDictionary<string, string>.Empty
            .Add(StatusPath, "/v1/payouts/{id}")
            .Add(VerifyPath, "/v1/payouts/{id}/verify"),
        // The signature covers the body alone and no header carries a time: a replay is caught by the permanent dedupe.
        Webhook: new WebhookSettings(
            Secrets: [],
            Keys: [],
            KeysFrom: null,
            PublicUrl: null,
            SignatureHeaders: ["X-Zayono-Signature"],
            TimestampHeaders: [],
            DeliveryIdHeaders: ["X-Zayono-Delivery-Id"],
            SignedContents: [SignedContent.Body],
            ToleranceSeconds: 300),
        // 120 a minute by one page, 100 on average by another: the lower holds.
        Polling: PollingPolicy.Default with
        {
            Budget = [new RequestBudget(100, TimeSpan.FromMinutes(1))],
            VerifyFinal = VerifyFinal.Contested,
        },
        WebhookEvents: ["payout.initialized", "payout.successful", "payout.failed", "payout.cancelled"],
        SourceAddresses: [])
    {
        WhereToRegister = "Their pages name the events and the signature, but not where in the dashboard the address is entered.",
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings settings) =>
    [
        .. SettingsCheck.Api(settings.Api, Defaults),
        .. SettingsCheck.Path(settings.Api, StatusPath, needsId: true),
        .. SettingsCheck.Path(settings.Api, VerifyPath, needsId: true),
        .. SettingsCheck.HmacWebhook(settings.Webhook),
    ];

    public IProviderConnection Open(ConnectionSettings settings, HttpMessageInvoker http, TimeProvider clock) => new HmacConnection(
        new HmacScheme(settings.Webhook, TimeForms.None),
        new ZayonoClient(settings.Api, http, clock).StatusAsync,
        ZayonoTranslation.Status,
        ZayonoTranslation.Webhook);
}
