using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Pages.ConnectionPages;

/// <summary>How a field of the form is written, and what it becomes in the document.</summary>
internal enum FieldKind
{
    Text,

    /// <summary>Goes in and never comes out; empty: what is stored stays.</summary>
    Secret,

    /// <summary>Several, with commas between them.</summary>
    List,

    Whole,

    /// <summary>Like <c>100 per 1m, 1000 per 1h</c>.</summary>
    Budget,

    Choice,
}

/// <summary>One field of a connection's form.</summary>
/// <param name="Path">Of the member in the document, by which the rules name it, too.</param>
/// <param name="Unsaid">What holds where it is left empty.</param>
internal sealed record ConnectionField(string Path, string Label, FieldKind Kind, string Unsaid, IReadOnlyList<string>? Choices = null);

internal sealed record FieldGroup(string Title, IReadOnlyList<ConnectionField> Fields);

/// <summary>A connection's document as a form, and back. Members that the form does not show stay as they are.</summary>
internal static partial class ConnectionFields
{
    private const string Listing = ", ";

    internal static IReadOnlyList<FieldGroup> Of(IPayoutProvider provider)
    {
        var (defaults, polling) = (provider.Defaults, provider.Defaults.Polling);
        return
        [
            new("Account",
            [
                new("environment", "Environment", FieldKind.Text, ConnectionDocument.LiveEnvironment),
                new("api.baseUrl", "Address of its API", FieldKind.Text, defaults.BaseUrl.ToString()),
                .. defaults.Options.Where(option => option.Key == EffectiveSettings.ApiVersionOption)
                    .Select(option => new ConnectionField("api.apiVersion", "Version of its API", FieldKind.Text, option.Value)),
                .. defaults.Credentials.Select(name => new ConnectionField($"api.credentials.{name}", name, FieldKind.Secret, "")),
            ]),
            new("Webhooks",
            [
                new("webhook.publicUrl", "Our address, as the provider calls it", FieldKind.Text, "as requests name us"),
                new("webhook.signatureHeaders", "Headers of the signature", FieldKind.List, Listed(defaults.Webhook.SignatureHeaders)),
                new("webhook.toleranceSeconds", "Tolerance of its clock, in seconds", FieldKind.Whole, defaults.Webhook.ToleranceSeconds.ToString(CultureInfo.InvariantCulture)),
                .. provider.Key == Provider.Pawapay
                    ? [new ConnectionField("webhook.keysFrom", "Public keys", FieldKind.Choice, "those that are pinned", ["api"])]
                    : Array.Empty<ConnectionField>(),
                new("webhook.allowedAddresses", "Taken from these addresses only", FieldKind.List, "any address"),
            ]),
            new("Asking",
            [
                new("polling.silence", "Ask after silence of", FieldKind.List, Listed(polling.Silence.Select(Duration.Text))),
                new("polling.slowest", "And then slower, up to", FieldKind.Text, Duration.Text(polling.Slowest)),
                new("polling.deadline", "Overdue after", FieldKind.Text, Duration.Text(polling.Deadline)),
                new("polling.recheckAfterFinal", "Look again after a final", FieldKind.List, Listed(polling.RecheckAfterFinal.Select(Duration.Text))),
                new("polling.budget", "Budget", FieldKind.Budget, Listed(polling.Budget.Select(one => $"{one.Requests.ToString(CultureInfo.InvariantCulture)} per {Duration.Text(one.Per)}"))),
                new("polling.timeout", "Wait for an answer", FieldKind.Text, Duration.Text(polling.Timeout)),
                new("polling.notFoundGrace", "Unknown there, a case only after", FieldKind.Text, Duration.Text(polling.NotFoundGrace)),
                new("polling.verifyFinal", "Ask about a webhook's final", FieldKind.Choice, polling.VerifyFinal.Word(), [.. EnumWords<VerifyFinal>.All]),
            ]),
            new("Personal data",
            [
                new("personalData.keepFor", "Erased after a payout's final, in", FieldKind.Text, "never, but by hand"),
            ]),
        ];
    }

    /// <summary>What the document says of a field, as the form writes it; empty where it says nothing. A secret is never shown.</summary>
    internal static string Text(JsonObject document, ConnectionField field)
    {
        if (field.Kind == FieldKind.Secret) return "";
        JsonNode? value = document;
        foreach (var name in field.Path.Split('.')) value = (value as JsonObject)?[name];
        return (value, field.Kind) switch
        {
            (null, _) => "",
            (JsonArray budget, FieldKind.Budget) => Listed(budget.Select(one => $"{one?["requests"]} per {one?["per"]}")),
            (JsonArray list, _) => Listed(list.Select(one => one?.ToString() ?? "")),
            var (one, _) => one.ToString(),
        };
    }

    internal static void Set(JsonObject document, ConnectionField field, string text)
    {
        if (text.Length == 0 && field.Kind == FieldKind.Secret) return;
        var path = field.Path.Split('.');
        var parent = document;
        foreach (var name in path[..^1])
        {
            if (parent[name] is not JsonObject && text.Length == 0) return;
            parent = parent[name] as JsonObject ?? (JsonObject)(parent[name] = new JsonObject());
        }

        if (text.Length == 0) parent.Remove(path[^1]);
        else parent[path[^1]] = Written(field.Kind, text);
    }

    private static JsonNode Written(FieldKind kind, string text) => kind switch
    {
        FieldKind.List => new JsonArray([.. Parts(text).Select(part => (JsonNode)part)]),
        FieldKind.Budget => new JsonArray([.. Parts(text).Select(Budget)]),
        // What is no number is left as it is, for the rules to name it.
        FieldKind.Whole when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => text,
    };

    private static JsonNode Budget(string part)
    {
        var read = BudgetPart().Match(part);
        return int.TryParse(read.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var requests)
            ? new JsonObject { ["requests"] = requests, ["per"] = read.Groups[2].Value }
            : new JsonObject { ["requests"] = part };
    }

    private static string[] Parts(string text) => text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Listed(IEnumerable<string> parts) => string.Join(Listing, parts);

    [GeneratedRegex(@"^(\d+)\s+per\s+(\S+)$")]
    private static partial Regex BudgetPart();
}
