using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>
/// What can be wrong with any connection's settings, one problem a field. A problem names the field and the rule, never the value:
/// settings hold secrets. The polling policy is checked where it is read.
/// </summary>
internal static class SettingsCheck
{
    private const int ToleranceSecondsMax = 86_400;
    private const int HeadersMax = 10;
    private const int SecretsMax = 10;
    private const int CredentialLengthMax = 8192;
    private const string TokenCharacters = "!#$%&'*+-.^_`|~";

    /// <summary>Base URL, credentials and options, against the names that the provider's defaults declare.</summary>
    public static IEnumerable<SettingProblem> Api(ApiSettings api, ProviderDefaults defaults) =>
        [.. BaseUrl(api.BaseUrl), .. Credentials(api.Credentials, defaults.Credentials), .. Options(api.Options, defaults.Options)];

    /// <summary>An option that is a path appended to the base URL.</summary>
    /// <param name="needsId">Whether it must hold <see cref="StatusUrl.IdPlaceholder"/>.</param>
    public static IEnumerable<SettingProblem> Path(ApiSettings api, string option, bool needsId)
    {
        if (!api.Options.TryGetValue(option, out var path)) yield break;
        var field = $"api.options.{option}";
        if (!path.StartsWith('/') || path.Any(character => !char.IsAscii(character) || char.IsControl(character) || character is ' ' or '#' or '\\'))
            yield return new SettingProblem(field, "A path begins with a slash and holds printable ASCII without blanks.");
        else if (needsId && !path.Contains(StatusUrl.IdPlaceholder, StringComparison.Ordinal))
            yield return new SettingProblem(field, $"The path must hold {StatusUrl.IdPlaceholder}, where the payout's id goes.");
    }

    /// <summary>A webhook whose signature is an HMAC: shared secrets, no public keys. Without secrets it takes nudges only, which is allowed.</summary>
    public static IEnumerable<SettingProblem> HmacWebhook(WebhookSettings webhook)
    {
        if (!webhook.Keys.IsEmpty) yield return new SettingProblem("webhook.keys", "This provider signs with shared secrets: give webhook.secrets.");
        if (webhook.KeysFrom is not null)
            yield return new SettingProblem("webhook.keysFrom", "This provider signs with shared secrets: give webhook.secrets.");
        foreach (var problem in Secrets(webhook.Secrets)) yield return problem;
        if (webhook.SignatureHeaders.IsEmpty) yield return new SettingProblem("webhook.signatureHeaders", "At least one header must be named.");
        if (webhook.SignedContents.IsEmpty) yield return new SettingProblem("webhook.signedContents", "At least one form must be accepted.");
        if (webhook.SignedContents.Contains(SignedContent.TimestampDotBody) && webhook.TimestampHeaders.IsEmpty)
            yield return new SettingProblem("webhook.timestampHeaders", "At least one header must be named, since the timestamp is signed.");
        foreach (var problem in Headers("webhook.signatureHeaders", webhook.SignatureHeaders)) yield return problem;
        foreach (var problem in Headers("webhook.timestampHeaders", webhook.TimestampHeaders)) yield return problem;
        foreach (var problem in Headers("webhook.deliveryIdHeaders", webhook.DeliveryIdHeaders)) yield return problem;
        if (webhook.ToleranceSeconds is < 1 or > ToleranceSecondsMax)
            yield return new SettingProblem("webhook.toleranceSeconds", $"The tolerance is 1 to {ToleranceSecondsMax} seconds.");
    }

    /// <summary>A webhook whose signature is RFC 9421: public keys, pinned or from the provider. Without either it takes nudges only.</summary>
    /// <param name="keysFrom">The one word that <see cref="WebhookSettings.KeysFrom"/> may hold.</param>
    public static IEnumerable<SettingProblem> KeyedWebhook(WebhookSettings webhook, string keysFrom)
    {
        if (!webhook.Secrets.IsEmpty)
            yield return new SettingProblem(
                "webhook.secrets", $"This provider signs with its own keys: give webhook.keys, or webhook.keysFrom: {keysFrom}.");
        if (webhook.KeysFrom is not null && webhook.KeysFrom != keysFrom)
            yield return new SettingProblem("webhook.keysFrom", $"The only source is: {keysFrom}.");
        foreach (var problem in Keys(webhook.Keys)) yield return problem;
        if (webhook.PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("https" or "http")))
            yield return new SettingProblem("webhook.publicUrl", "An absolute https URL is needed, as the provider calls it.");
        if (webhook.ToleranceSeconds is < 1 or > ToleranceSecondsMax)
            yield return new SettingProblem("webhook.toleranceSeconds", $"The tolerance is 1 to {ToleranceSecondsMax} seconds.");
    }

    /// <summary>Header names of one list: bounded in number, and names by RFC 9110.</summary>
    public static IEnumerable<SettingProblem> Headers(string field, ImmutableArray<string> names)
    {
        if (names.Length > HeadersMax) yield return new SettingProblem(field, $"At most {HeadersMax} headers.");
        for (var at = 0; at < names.Length; at++)
            if (names[at].Length == 0 || !names[at].All(IsTokenCharacter))
                yield return new SettingProblem($"{field}[{at}]", "This is no name of a header.");
    }

    private static IEnumerable<SettingProblem> BaseUrl(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("https" or "http"))
            yield return new SettingProblem("api.baseUrl", "An absolute https URL is needed (http for a simulator only).");
        else if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            yield return new SettingProblem("api.baseUrl", "The URL must have no query, no fragment and no user name.");
    }

    private static IEnumerable<SettingProblem> Credentials(ImmutableDictionary<string, Secret> given, ImmutableArray<string> needed)
    {
        foreach (var name in needed.Where(name => !given.ContainsKey(name)))
            yield return new SettingProblem($"api.credentials.{name}", "This credential is missing.");
        foreach (var (name, secret) in given.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            if (!needed.Contains(name))
                yield return new SettingProblem(
                    $"api.credentials.{name}", $"This provider knows no such credential; it needs: {string.Join(", ", needed)}.");
            else if (!IsPrintable(secret.Value))
                yield return new SettingProblem(
                    $"api.credentials.{name}", "A credential is printable ASCII without blanks around it: it travels in a header.");
    }

    private static IEnumerable<SettingProblem> Options(ImmutableDictionary<string, string> given, ImmutableDictionary<string, string> known)
    {
        foreach (var name in known.Keys.Except(given.Keys).Order(StringComparer.Ordinal))
            yield return new SettingProblem($"api.options.{name}", "This option is missing.");
        foreach (var name in given.Keys.Except(known.Keys).Order(StringComparer.Ordinal))
            yield return new SettingProblem(
                $"api.options.{name}", $"This provider knows no such option; it knows: {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
    }

    private static IEnumerable<SettingProblem> Secrets(ImmutableArray<WebhookSecret> secrets)
    {
        if (secrets.Length > SecretsMax)
            yield return new SettingProblem("webhook.secrets", $"At most {SecretsMax} secrets: each is tried for every delivery.");
        for (var at = 0; at < secrets.Length; at++)
        {
            if (secrets[at].Id.Length is 0 or > Statement.WordLengthMax)
                yield return new SettingProblem($"webhook.secrets[{at}].id", $"An id has 1 to {Statement.WordLengthMax} characters.");
            else if (secrets.Take(at).Any(other => other.Id == secrets[at].Id))
                yield return new SettingProblem($"webhook.secrets[{at}].id", "Another secret has this id: which one matched could not be told.");
            if (secrets[at].Secret.Value.Length is 0 or > CredentialLengthMax)
                yield return new SettingProblem($"webhook.secrets[{at}].secret", "A secret cannot be empty: anybody could sign with it.");
            if (secrets[at].NotAfter <= secrets[at].NotBefore)
                yield return new SettingProblem($"webhook.secrets[{at}].notAfter", "It ends before it begins: it would never verify anything.");
        }
    }

    private static IEnumerable<SettingProblem> Keys(ImmutableArray<WebhookKey> keys)
    {
        if (keys.Length > PublicKeys.KeysMax) yield return new SettingProblem("webhook.keys", $"At most {PublicKeys.KeysMax} keys.");
        for (var at = 0; at < keys.Length; at++)
        {
            if (keys[at].Id.Length is 0 or > Statement.WordLengthMax)
                yield return new SettingProblem($"webhook.keys[{at}].id", $"An id has 1 to {Statement.WordLengthMax} characters.");
            else if (keys.Take(at).Any(other => other.Id == keys[at].Id))
                yield return new SettingProblem($"webhook.keys[{at}].id", "Another key has this id: a delivery could not name which one it means.");
            if (!VerificationKey.TryImport(keys[at], out _, out var problem))
                yield return new SettingProblem($"webhook.keys[{at}].pem", problem);
        }
    }

    private static bool IsTokenCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || TokenCharacters.Contains(character, StringComparison.Ordinal);

    private static bool IsPrintable(string value) =>
        value.Length is > 0 and <= CredentialLengthMax && value == value.Trim() && value.All(character => character is >= ' ' and <= '~');
}
