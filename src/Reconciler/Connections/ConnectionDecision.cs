using System.Collections.Immutable;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>What a PUT comes to: the connection as it will be, or everything that is wrong with it. Pure.</summary>
internal sealed record ConnectionDecision(ConnectionDocument? Document, ConnectionSecrets Secrets, IReadOnlyList<SettingProblem> Problems)
{
    // Where credentials may travel in clear: nothing that these environments name moves money.
    internal static readonly ImmutableArray<string> PlayEnvironments = ["sandbox", "simulator", "test"];

    private static string Plays => string.Join(", ", PlayEnvironments);

    private static readonly SettingProblem OtherProvider =
        new("provider", "A connection stays with its provider: its payouts are known by it. Make another connection.");

    /// <param name="stored">What holds now; its secrets stay where the operator does not give them anew.</param>
    public static ConnectionDecision Of(
        ConnectionKey key, GivenConnection given, ConnectionDocument? stored, ConnectionSecrets storedSecrets)
    {
        var provider = ProviderCatalog.For(given.Document.Provider);
        if (stored is not null && stored.Provider != given.Document.Provider)
            return new ConnectionDecision(null, ConnectionSecrets.None, [OtherProvider]);

        var problems = Urls(given.Document);
        // What is wrong besides is told at the same time, as if the addresses were not said.
        if (problems.Count > 0) given = given with { Document = WithoutUrls(given.Document, stored) };
        var secrets = new ConnectionSecrets(
            Credentials(given, stored, storedSecrets, provider.Defaults, problems),
            WebhookSecrets(given, storedSecrets, problems));
        var document = Shown(given.Document with { Paused = given.Document.Paused ?? stored?.Paused }, secrets);
        var settings = EffectiveSettings.Of(key, document, secrets, provider.Defaults);
        problems.AddRange(provider.Check(settings).Select(Renamed));
        return new ConnectionDecision(document, secrets, [.. problems.DistinctBy(problem => problem.Field)]);
    }

    private static ImmutableSortedDictionary<string, Secret> Credentials(
        GivenConnection given,
        ConnectionDocument? stored,
        ConnectionSecrets storedSecrets,
        ProviderDefaults defaults,
        List<SettingProblem> problems)
    {
        // Whoever could keep a credential and name another host could have it sent there, and read what is write-only.
        var isSameHost = stored is not null && Origin(stored, defaults) == Origin(given.Document, defaults);
        var kept = isSameHost ? storedSecrets.Credentials : ConnectionSecrets.None.Credentials;
        var credentials = ImmutableSortedDictionary.CreateBuilder<string, Secret>(StringComparer.Ordinal);
        credentials.AddRange(kept.Where(pair => defaults.Credentials.Contains(pair.Key)));
        foreach (var (name, secret) in given.Credentials ?? [])
        {
            if (secret is not null) credentials[name] = secret;
        }

        foreach (var name in defaults.Credentials.Except(credentials.Keys).Where(storedSecrets.Credentials.ContainsKey))
            problems.Add(new SettingProblem($"api.credentials.{name}", "The address of the API changes: give this credential again."));
        foreach (var (name, secret) in given.Credentials ?? [])
        {
            if (secret is null && !credentials.ContainsKey(name))
                problems.Add(new SettingProblem($"api.credentials.{name}", "A value is needed: none is stored yet."));
        }

        return credentials.ToImmutable();
    }

    private static ImmutableArray<WebhookSecret> WebhookSecrets(
        GivenConnection given, ConnectionSecrets stored, List<SettingProblem> problems)
    {
        if (given.Webhook is null) return stored.Webhook;
        var secrets = ImmutableArray.CreateBuilder<WebhookSecret>();
        foreach (var one in given.Webhook)
        {
            var value = one.Secret ?? stored.Webhook.FirstOrDefault(known => known.Id == one.Id)?.Secret;
            if (value is null)
                problems.Add(new($"webhook.secrets[{secrets.Count}].secret", "A value is needed: none is stored for this id."));
            secrets.Add(new WebhookSecret(one.Id, value ?? new Secret("")) { NotBefore = one.NotBefore, NotAfter = one.NotAfter });
        }

        return secrets.ToImmutable();
    }

    private static ConnectionDocument WithoutUrls(ConnectionDocument document, ConnectionDocument? stored) => document with
    {
        Api = document.Api is null ? null : document.Api with { BaseUrl = stored?.Api?.BaseUrl },
        Webhook = document.Webhook is null ? null : document.Webhook with { PublicUrl = null },
    };

    private static List<SettingProblem> Urls(ConnectionDocument document)
    {
        var isPlay = PlayEnvironments.Contains(document.Environment);
        return [.. Url("api.baseUrl", document.Api?.BaseUrl, isPlay), .. Url("webhook.publicUrl", document.Webhook?.PublicUrl, isPlay)];
    }

    private static IEnumerable<SettingProblem> Url(string field, string? text, bool isPlay)
    {
        if (text is null) yield break;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0)
            yield return new SettingProblem(field, "An absolute https URL is needed.");
        else if (url.UserInfo.Length > 0 || text.Contains('?', StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal))
            yield return new SettingProblem(field, "The URL must have no user name, no query and no fragment.");
        else if (url.Scheme == "http" && !url.IsLoopback && !isPlay)
            yield return new SettingProblem(field, $"https is needed: http is for this machine, or for the environments {Plays}.");
    }

    private static string Origin(ConnectionDocument document, ProviderDefaults defaults) =>
        (document.Api?.BaseUrl is { } url ? new Uri(url) : defaults.BaseUrl).GetLeftPart(UriPartial.Authority);

    /// <summary>The document with the names of all secrets that are stored, and none of their values.</summary>
    private static ConnectionDocument Shown(ConnectionDocument given, ConnectionSecrets secrets)
    {
        var masked = secrets.Credentials.ToDictionary(pair => pair.Key, _ => ConnectionDocument.Masked);
        var credentials = new SortedDictionary<string, string>(masked, StringComparer.Ordinal);
        var api = given.Api ?? new ApiDocument(null, null, null, null);
        var webhook = given.Webhook ?? new WebhookDocument(null, null, null, null, null, null, null, null, null);
        return given with
        {
            Api = api with { Credentials = credentials },
            Webhook = webhook with { Secrets = [.. secrets.Webhook.Select(SecretDocument.Of)] },
        };
    }

    /// <summary>The provider sees one set of options; the operator wrote the version into a member of its own.</summary>
    private static SettingProblem Renamed(SettingProblem problem) =>
        problem.Field == $"api.options.{EffectiveSettings.ApiVersionOption}" ? problem with { Field = "api.apiVersion" } : problem;
}
