using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>ZoPay (ZitoPay before). Facts as documented in November 2026, where not said otherwise.</summary>
internal sealed class ZoPayProvider : IPayoutProvider
{
    internal const string ApiKeyCredential = "apiKey";
    internal const string SecretKeyCredential = "secretKey";
    internal const string OriginCredential = "origin";
    internal const string StatusPathOption = "statusPath";
    internal const string HeaderPrefixOption = "headerPrefix";

    private const int HeaderPrefixLengthMax = 32;

    // The pages show milliseconds, one snippet seconds: ten digits are seconds, thirteen milliseconds.
    private const TimeForms WebhookTimestampForms = TimeForms.UnixMilliseconds | TimeForms.UnixSeconds;

    public Provider Key => Provider.Zopay;

    public string Name => "ZoPay";

    public ProviderDefaults Defaults { get; } = new(
        // The sandbox's address is published nowhere: a connection names it.
        BaseUrl: new Uri("https://api.zopay.com"),
        Credentials: [ApiKeyCredential, SecretKeyCredential, OriginCredential],
        Options: ImmutableDictionary<string, string>.Empty
            .Add(StatusPathOption, $"/api/v1/disbursements/{StatusUrl.IdPlaceholder}")
            // An older guide writes x-zito.
            .Add(HeaderPrefixOption, "x-zo"),
        Webhook: new WebhookSettings(
            Secrets: [],
            Keys: [],
            KeysFrom: null,
            PublicUrl: null,
            // The pages disagree: overview and events say X-Zo, security says X-Zito; the FAQ's X-Webhook-Signature can be set instead.
            SignatureHeaders: ["X-Zo-Signature", "X-Zito-Signature"],
            TimestampHeaders: ["X-Zo-Timestamp", "X-Zito-Timestamp"],
            DeliveryIdHeaders: ["X-Zo-Delivery-Id", "X-Zito-Delivery-Id"],
            SignedContents: [SignedContent.TimestampDotBody],
            ToleranceSeconds: 300),
        Polling: PollingPolicy.Default with { Budget = [new RequestBudget(100, TimeSpan.FromMinutes(1))] },
        // Cancellations are seen by polling alone.
        WebhookEvents: ["payout.completed", "payout.failed"],
        SourceAddresses: [])
    {
        WhereToRegister = "Their pages say that webhooks are registered and which events there are, but not where in the dashboard. Tick only the payout events.",
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings settings) =>
    [
        .. SettingsCheck.Api(settings.Api, Defaults),
        .. SettingsCheck.Path(settings.Api, StatusPathOption, needsId: true),
        .. HeaderPrefix(settings.Api),
        .. SettingsCheck.HmacWebhook(settings.Webhook),
    ];

    public IProviderConnection Open(ConnectionSettings settings, HttpMessageInvoker http, TimeProvider clock) => new HmacConnection(
        new HmacScheme(settings.Webhook, WebhookTimestampForms),
        new ZoPayClient(settings.Api, http, clock).StatusAsync,
        answered: ZoPayTranslation.Answer,
        delivered: ZoPayTranslation.Webhook);

    private static IEnumerable<SettingProblem> HeaderPrefix(ApiSettings api)
    {
        if (!api.Options.TryGetValue(HeaderPrefixOption, out var prefix)) yield break;
        var isName = prefix.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
        if (prefix.Length is 0 or > HeaderPrefixLengthMax || !isName)
            yield return new SettingProblem(
                $"api.options.{HeaderPrefixOption}", "The prefix of the headers' names is letters, digits and hyphens, like x-zo.");
    }
}
