using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>pawaPay, both versions of its API. Facts as documented in November 2026 (docs.pawapay.io).</summary>
internal sealed class PawaPayProvider : IPayoutProvider
{
    internal const string TokenCredential = "token";
    internal const string ApiVersionOption = "apiVersion";
    internal const string V1 = "v1";
    internal const string V2 = "v2";

    /// <summary>The value of <see cref="WebhookSettings.KeysFrom"/> that takes the keys from pawaPay's own API.</summary>
    internal const string KeysFromApi = "api";

    // `expires − created` is 60 s: a callback is verified on arrival, and the clocks may differ by a minute.
    private const int ClockSkewSeconds = 60;

    public Provider Key => Provider.Pawapay;

    public string Name => "pawaPay";

    public ProviderDefaults Defaults { get; } = new(
        // The sandbox is https://api.sandbox.pawapay.io.
        BaseUrl: new Uri("https://api.pawapay.io"),
        Credentials: [TokenCredential],
        Options: ImmutableDictionary<string, string>.Empty.Add(ApiVersionOption, V2),
        Webhook: new WebhookSettings(
            // Unsigned callbacks are the default on their side; signing is switched on in their dashboard, then here by keysFrom or keys.
            Secrets: [],
            Keys: [],
            KeysFrom: null,
            PublicUrl: null,
            SignatureHeaders: ["Signature", "Signature-Input", "Content-Digest"],
            TimestampHeaders: [],
            DeliveryIdHeaders: [],
            SignedContents: [],
            ToleranceSeconds: ClockSkewSeconds),
        // Nothing is said of rate limits: the general budget holds.
        Polling: PollingPolicy.Default,
        WebhookEvents: ["payout callback (sent at COMPLETED and FAILED)"],
        SourceAddresses:
        [
            // Production; the sandbox sends from 3.64.89.224.
            "18.192.208.15", "18.195.113.136", "3.72.212.107", "54.73.125.42", "54.155.38.214", "54.73.130.113", "3.64.89.224",
        ])
    {
        WhereToRegister = "Where in the dashboard the callback address is entered is not documented here. Callbacks are unsigned unless signing is "
            + "switched on at pawaPay: do both, and set webhook.keysFrom here, else a callback only makes us ask.",
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings settings) =>
    [
        .. SettingsCheck.Api(settings.Api, Defaults),
        .. Version(settings.Api),
        .. SettingsCheck.KeyedWebhook(settings.Webhook, KeysFromApi),
    ];

    public IProviderConnection Open(ConnectionSettings settings, HttpMessageInvoker http, TimeProvider clock) =>
        new PawaPayConnection(settings, new PawaPayClient(settings.Api, http, clock), clock);

    private static IEnumerable<SettingProblem> Version(ApiSettings api)
    {
        if (api.Options.TryGetValue(ApiVersionOption, out var version) && version is not (V1 or V2))
            yield return new SettingProblem($"api.options.{ApiVersionOption}", $"The API's version is {V1} or {V2}.");
    }

    private sealed class PawaPayConnection(ConnectionSettings settings, PawaPayClient client, TimeProvider clock) : IProviderConnection
    {
        private readonly HttpMessageSignatures signatures = new(
            settings.Webhook,
            new PublicKeys(settings.Webhook.Keys, settings.Webhook.KeysFrom == KeysFromApi ? client.KeysAsync : null, clock));

        public ValueTask<Verdict> VerifyAsync(Delivery delivery, CancellationToken cancellation) =>
            signatures.VerifyAsync(delivery, cancellation);

        /// <summary>pawaPay sends none.</summary>
        public string? DeliveryId(Delivery delivery) => null;

        /// <summary>Only pawaPay has the key.</summary>
        public IReadOnlyList<KeyValuePair<string, string>>? Sign(ReadOnlyMemory<byte> body, DateTimeOffset now) => null;

        public Reading Read(ReadOnlyMemory<byte> body) => PawaPayTranslation.Callback(body);

        public async Task<StatusAnswer> AskAsync(StatusQuestion question, CancellationToken cancellation)
        {
            var answer = await client.StatusAsync(question, cancellation).ConfigureAwait(false);
            return answer.About(question.ProviderPayoutId, body => PawaPayTranslation.Answer(body, question.ProviderPayoutId));
        }
    }
}
