using System.Collections.Immutable;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>A document, its secrets and its provider's defaults, put together to what holds; and what holds, as a document.</summary>
internal static class EffectiveSettings
{
    public const string ApiVersionOption = "apiVersion";

    /// <exception cref="FormatException">The document was not checked, or by a program that knew more than this one.</exception>
    public static ConnectionSettings Of(
        ConnectionKey key, ConnectionDocument document, ConnectionSecrets secrets, ProviderDefaults defaults) => new(
        key,
        document.Provider,
        document.Environment,
        new ApiSettings(
            document.Api?.BaseUrl is { } url ? new Uri(url) : defaults.BaseUrl,
            secrets.Credentials.ToImmutableDictionary(),
            Options(document.Api, defaults.Options)),
        Webhook(document.Webhook, secrets.Webhook, defaults.Webhook),
        Polling(document.Polling, defaults.Polling))
    {
        KeepPersonalDataFor = document.PersonalData is { KeepFor: var text }
            ? PersonalDataReading.Parsed(text) ?? throw new FormatException($"'{text}' is no time to keep personal data for.") : null,
    };

    public static ConnectionDocument Document(ConnectionSettings settings, bool isPaused) => new(
        settings.Provider,
        settings.Environment,
        new ApiDocument(
            settings.Api.BaseUrl.OriginalString,
            settings.Api.Options.GetValueOrDefault(ApiVersionOption),
            Sorted(settings.Api.Credentials.Keys.Select(name => KeyValuePair.Create(name, ConnectionDocument.Masked))),
            Sorted(settings.Api.Options.Where(option => option.Key != ApiVersionOption))),
        new WebhookDocument(
            [.. settings.Webhook.Secrets.Select(SecretDocument.Of)],
            settings.Webhook.Keys,
            settings.Webhook.KeysFrom,
            settings.Webhook.PublicUrl?.OriginalString,
            settings.Webhook.SignatureHeaders,
            settings.Webhook.TimestampHeaders,
            settings.Webhook.DeliveryIdHeaders,
            settings.Webhook.SignedContents,
            settings.Webhook.ToleranceSeconds,
            [.. settings.Webhook.AllowedAddresses.Select(network => network.ToString())]),
        new PollingDocument(
            Texts(settings.Polling.Silence),
            Duration.Text(settings.Polling.Slowest),
            Duration.Text(settings.Polling.Deadline),
            Texts(settings.Polling.RecheckAfterFinal),
            [.. settings.Polling.Budget.Select(budget => new BudgetDocument(budget.Requests, Duration.Text(budget.Per)))],
            Duration.Text(settings.Polling.Timeout),
            settings.Polling.VerifyFinal,
            Duration.Text(settings.Polling.NotFoundGrace)),
        isPaused,
        settings.KeepPersonalDataFor is { } keepFor ? new PersonalDataDocument(Duration.Text(keepFor)) : null);

    private static ImmutableDictionary<string, string> Options(ApiDocument? api, ImmutableDictionary<string, string> defaults)
    {
        var options = defaults.SetItems(api?.Options ?? []);
        return api?.ApiVersion is { } version ? options.SetItem(ApiVersionOption, version) : options;
    }

    private static WebhookSettings Webhook(
        WebhookDocument? webhook, ImmutableArray<WebhookSecret> secrets, WebhookSettings defaults) => new(
        secrets,
        Said(webhook?.Keys, defaults.Keys),
        webhook?.KeysFrom ?? defaults.KeysFrom,
        webhook?.PublicUrl is { } url ? new Uri(url) : defaults.PublicUrl,
        Said(webhook?.SignatureHeaders, defaults.SignatureHeaders),
        Said(webhook?.TimestampHeaders, defaults.TimestampHeaders),
        Said(webhook?.DeliveryIdHeaders, defaults.DeliveryIdHeaders),
        Said(webhook?.SignedContents, defaults.SignedContents),
        webhook?.ToleranceSeconds ?? defaults.ToleranceSeconds)
    {
        AllowedAddresses = [.. (webhook?.AllowedAddresses ?? []).Select(AddressReading.Parse)],
    };

    private static PollingPolicy Polling(PollingDocument? polling, PollingPolicy defaults) => new(
        Said(polling?.Silence?.Select(Duration.Parse), defaults.Silence),
        Said(polling?.Slowest, defaults.Slowest),
        Said(polling?.Deadline, defaults.Deadline),
        Said(polling?.RecheckAfterFinal?.Select(Duration.Parse), defaults.RecheckAfterFinal),
        Said(polling?.Budget?.Select(budget => new RequestBudget(budget.Requests, Duration.Parse(budget.Per))), defaults.Budget),
        Said(polling?.Timeout, defaults.Timeout),
        polling?.VerifyFinal ?? defaults.VerifyFinal,
        Said(polling?.NotFoundGrace, defaults.NotFoundGrace));

    private static ImmutableArray<T> Said<T>(IEnumerable<T>? said, ImmutableArray<T> silent) => said is null ? silent : [.. said];

    private static TimeSpan Said(string? said, TimeSpan silent) => said is null ? silent : Duration.Parse(said);

    private static IReadOnlyList<string> Texts(ImmutableArray<TimeSpan> spans) => [.. spans.Select(Duration.Text)];

    private static SortedDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(pairs.ToDictionary(), StringComparer.Ordinal);
}
