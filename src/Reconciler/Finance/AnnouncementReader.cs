using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>An announcement as it was sent, checked but for what only its connection knows.</summary>
/// <param name="Recipient">As given: it is masked before anything keeps it.</param>
internal sealed record Announcement(
    PayoutId Payout,
    string Reference,
    Money Amount,
    string? Recipient,
    DateTimeOffset? InitiatedAt,
    ImmutableSortedDictionary<string, string>? Metadata);

/// <summary>
/// Reads one announcement strictly: an unknown, repeated or misspelled member of a message about money is an error to be told, not
/// one to be skipped. Reads once; <see cref="Problems"/> then holds all that is wrong.
/// </summary>
internal sealed class AnnouncementReader(DateTimeOffset now)
{
    internal const int ReferenceCharactersMax = 200;
    internal const int RecipientCharactersMax = 100;
    internal const int MetadataEntriesMax = 50;
    internal const int MetadataKeyCharactersMax = 100;
    internal const int MetadataValueCharactersMax = 1_000;
    private const int ProblemsMax = 20;
    private const int FieldCharactersMax = 120;

    private static readonly DateTimeOffset EarliestInitiation = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan FutureMax = TimeSpan.FromDays(1);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, CommentHandling = JsonCommentHandling.Disallow };

    private readonly List<FieldProblem> problems = [];
    private string? connection, providerPayoutId, reference, amount, currency, recipient, initiatedAt;
    private ImmutableSortedDictionary<string, string>? metadata;

    internal IReadOnlyList<FieldProblem> Problems => problems;

    /// <summary>The announcement, or null where there are <see cref="Problems"/>.</summary>
    internal Announcement? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) Members(document.RootElement);
            else Refuse("", "A payout is a JSON object.");
        }
        catch (JsonException fault)
        {
            Refuse("", $"Not JSON, at byte {fault.BytePositionInLine?.ToString(CultureInfo.InvariantCulture) ?? "?"} of line {fault.LineNumber + 1}.");
        }
        catch (InvalidOperationException)
        {
            // The reader checks a name or text for well-formed UTF-8 and whole surrogate pairs only when it is taken out.
            Refuse("", "A text in it is not well-formed Unicode.");
        }

        return problems.Count == 0 ? Checked() : null;
    }

    private void Members(JsonElement body)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var name = member.Name;
            if (!seen.Add(name))
            {
                Refuse(name, "It is given twice.");
                continue;
            }

            switch (name)
            {
                case "connection": connection = Text(name, member.Value, ConnectionKey.LengthMax); break;
                case "providerPayoutId": providerPayoutId = Text(name, member.Value, PayoutId.ProviderPayoutIdLengthMax); break;
                case "reference": reference = Text(name, member.Value, ReferenceCharactersMax); break;
                case "amount": amount = AmountText(member.Value); break;
                case "currency": currency = Text(name, member.Value, 3); break;
                case "recipient" when member.Value.ValueKind != JsonValueKind.Null: recipient = Text(name, member.Value, RecipientCharactersMax); break;
                case "initiatedAt" when member.Value.ValueKind != JsonValueKind.Null: initiatedAt = Text(name, member.Value, 40); break;
                case "metadata" when member.Value.ValueKind != JsonValueKind.Null: metadata = Metadata(member.Value); break;
                case "recipient" or "initiatedAt" or "metadata": break;
                default: Refuse(name, "There is no such member."); break;
            }
        }

        foreach (var needed in (string[])["connection", "providerPayoutId", "reference", "amount", "currency"])
            if (!seen.Contains(needed)) Refuse(needed, "It is missing.");
    }

    private string? AmountText(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number) return Text("amount", value, 40);
        Refuse("amount", "An amount is a JSON string, like \"5000\": a JSON number may lose digits on its way.");
        return null;
    }

    private string? Text(string field, JsonElement value, int charactersMax)
    {
        if (value.ValueKind != JsonValueKind.String) return Refuse(field, "It must be a JSON string.");
        var text = value.GetString()!;
        if (text.Length == 0 || text.Length > charactersMax) return Refuse(field, $"It must have 1 to {charactersMax} characters.");
        return text.Any(char.IsControl) ? Refuse(field, "It holds a control character.") : text;
    }

    private ImmutableSortedDictionary<string, string>? Metadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse("metadata", "It must be a JSON object of strings.");
            return null;
        }

        var entries = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in value.EnumerateObject())
        {
            var field = $"metadata.{entry.Name}";
            if (entry.Name.Length is 0 or > MetadataKeyCharactersMax || entry.Name.Any(char.IsControl))
                Refuse("metadata", $"A name must have 1 to {MetadataKeyCharactersMax} characters, none of them a control character.");
            else if (entry.Value.ValueKind != JsonValueKind.String)
                Refuse(field, "It must be a JSON string.");
            else if (entry.Value.GetString() is var text && (text!.Length > MetadataValueCharactersMax || text.Any(char.IsControl)))
                Refuse(field, $"It must have at most {MetadataValueCharactersMax} characters, none of them a control character.");
            else if (!entries.TryAdd(entry.Name, text))
                Refuse(field, "It is given twice.");
            if (entries.Count <= MetadataEntriesMax) continue;
            Refuse("metadata", $"It may have at most {MetadataEntriesMax} entries.");
            break;
        }

        return entries.Count == 0 ? null : entries.ToImmutable();
    }

    private Announcement? Checked()
    {
        if (!ConnectionKey.TryParse(connection, out var key)) Refuse("connection", "It is no connection's key.");
        else if (!PayoutId.TryCreate(key, providerPayoutId, out _)) Refuse("providerPayoutId", "It can be no payout's id.");
        if (!Currency.TryParse(currency, out var code)) Refuse("currency", "It is not an ISO 4217 code, like XOF.");
        Money money = default;
        if (code != default && !Money.TryParse(amount, code, out money, out var why)) Refuse("amount", why);
        var initiated = initiatedAt is null ? null : Instant(initiatedAt);
        if (problems.Count > 0) return null;
        PayoutId.TryCreate(key, providerPayoutId, out var payout);
        return new Announcement(payout, reference!, money, recipient, initiated, metadata);
    }

    private DateTimeOffset? Instant(string text)
    {
        if (!QueryText.TryInstant(text, out var instant)) Refuse("initiatedAt", "It is not an RFC 3339 time, like 2026-11-21T10:00:00Z.");
        else if (instant < EarliestInitiation || instant > now + FutureMax) Refuse("initiatedAt", "It lies before the year 2000 or more than a day ahead.");
        return instant;
    }

    // Bounded: a hostile line must not be answered by a longer one.
    private string? Refuse(string field, string problem)
    {
        if (problems.Count < ProblemsMax) problems.Add(new FieldProblem(field.Length > FieldCharactersMax ? field[..FieldCharactersMax] : field, problem));
        return null;
    }
}
