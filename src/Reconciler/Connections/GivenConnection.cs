using System.Text.Json;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What an operator sent: a document, and apart from it the secrets that were in it.</summary>
/// <param name="Credentials">Null: nothing said. A null value: keep the one that is stored.</param>
/// <param name="Webhook">Null: nothing said, so that what is stored stays. A null secret: keep the one of this id.</param>
internal sealed record GivenConnection(
    ConnectionDocument Document,
    IReadOnlyList<(string Name, Secret? Secret)>? Credentials,
    IReadOnlyList<GivenSecret>? Webhook)
{
    internal static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Null when the provider cannot be told, or it is no JSON object; the problems say so.</summary>
    public static GivenConnection? Read(ReadOnlyMemory<byte> json, List<SettingProblem> problems)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, Strict);
            return Read(parsed.RootElement, problems);
        }
        catch (JsonException)
        {
            problems.Add(new SettingProblem("", "This is no JSON, or a member stands in it twice."));
            return null;
        }
    }

    public static GivenConnection? Read(JsonElement json, List<SettingProblem> problems)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new SettingProblem("", "A JSON object is needed."));
            return null;
        }

        try
        {
            return Read(new MemberReader(json, "", problems));
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json finds broken UTF-8 and lone surrogates only when the text is taken.
            problems.Add(new SettingProblem("", "A text in it is not valid Unicode."));
            return null;
        }
    }

    private static GivenConnection? Read(MemberReader root)
    {
        var provider = Word<Provider>(root, "provider");
        if (provider is null) root.Problem("provider", $"One of these is needed: {string.Join(", ", EnumWords<Provider>.All)}.");
        var environment = root.Text("environment", lengthMax: 40) ?? ConnectionDocument.LiveEnvironment;
        var api = ReadApi(root.Object("api"));
        var webhook = ReadWebhook(root.Object("webhook"));
        var polling = PollingReading.Read(root.Object("polling"));
        var personal = PersonalDataReading.Read(root.Object("personalData"));
        var paused = root.Truth("paused");
        root.Close();
        return provider is { } known
            ? new GivenConnection(
                new ConnectionDocument(known, environment, api.Document, webhook.Document, polling, paused, personal), api.Credentials, webhook.Secrets)
            : null;
    }

    private static (ApiDocument? Document, IReadOnlyList<(string, Secret?)>? Credentials) ReadApi(MemberReader? api)
    {
        if (api is null) return default;
        var credentials = api.Pairs("credentials")?.Select(pair => (pair.Name, Unmasked(pair.Value))).ToList();
        var document = new ApiDocument(api.Text("baseUrl"), api.Text("apiVersion"), null, Options(api));
        api.Close();
        return (document, credentials);
    }

    private static SortedDictionary<string, string>? Options(MemberReader api)
    {
        if (api.Pairs("options") is not { } pairs) return null;
        var options = pairs.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Name, pair => pair.Value!);
        if (options.ContainsKey(EffectiveSettings.ApiVersionOption)) api.Problem("options.apiVersion", "Say api.apiVersion instead.");
        return new SortedDictionary<string, string>(options, StringComparer.Ordinal);
    }

    private static (WebhookDocument? Document, IReadOnlyList<GivenSecret>? Secrets) ReadWebhook(MemberReader? webhook)
    {
        if (webhook is null) return default;
        var secrets = webhook.Objects("secrets")?.Select(GivenSecret.Read).ToList();
        var document = new WebhookDocument(
            null,
            webhook.Objects("keys")?.Select(PublicKey).ToList(),
            webhook.Text("keysFrom"),
            webhook.Text("publicUrl"),
            webhook.Texts("signatureHeaders"),
            webhook.Texts("timestampHeaders"),
            webhook.Texts("deliveryIdHeaders"),
            SignedContents(webhook),
            webhook.Whole("toleranceSeconds"),
            AddressReading.Read(webhook, "allowedAddresses"));
        webhook.Close();
        return (document, secrets);
    }

    private static WebhookKey PublicKey(MemberReader key)
    {
        var read = new WebhookKey(key.Text("id") ?? "", key.Text("pem", MemberReader.LongTextLengthMax) ?? "");
        key.Close();
        return read;
    }

    private static List<SignedContent>? SignedContents(MemberReader webhook)
    {
        if (webhook.Texts("signedContents") is not { } words) return null;
        if (!words.All(word => EnumWords<SignedContent>.TryParse(word, out _)))
            webhook.Problem("signedContents", $"Each is one of: {string.Join(", ", EnumWords<SignedContent>.All)}.");
        return [.. words.Where(word => EnumWords<SignedContent>.TryParse(word, out _)).Select(EnumWords<SignedContent>.Parse)];
    }

    private static T? Word<T>(MemberReader reader, string name) where T : struct, Enum =>
        EnumWords<T>.TryParse(reader.Text(name), out var value) ? value : null;

    internal static Secret? Unmasked(string? value) => value is null or ConnectionDocument.Masked ? null : new Secret(value);
}

/// <summary>One webhook secret, as it was sent.</summary>
/// <param name="Secret">Null: keep the one of this id.</param>
internal sealed record GivenSecret(string Id, Secret? Secret, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter)
{
    public static GivenSecret Read(MemberReader secret)
    {
        var value = GivenConnection.Unmasked(secret.Text("secret", MemberReader.LongTextLengthMax));
        var read = new GivenSecret(secret.Text("id") ?? "", value, secret.Instant("notBefore"), secret.Instant("notAfter"));
        secret.Close();
        return read;
    }

    public static GivenSecret Kept(WebhookSecret secret) => new(secret.Id, null, secret.NotBefore, secret.NotAfter);
}
