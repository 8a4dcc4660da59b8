using System.Globalization;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>Reads a change member by member. Members that are not known stay in its JSON; a known one that is not as documented is an error.</summary>
internal static class ChangeReading
{
    /// <summary>A decimal holds 28 digits for certain; more would be rounded in silence.</summary>
    private const int AmountDigitsMax = 28;

    /// <param name="json">Outlives its document: the change keeps it.</param>
    internal static Change Of(JsonElement json, Guid? epoch)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new ChangeUnreadable("A change is a JSON object.");
        var kind = new ChangeKind(NeededText(json, "kind"));
        return new Change
        {
            Position = Find(json, "position") is { } position ? Whole("position", position) : 0,
            Epoch = epoch,
            Id = Guid.TryParse(NeededText(json, "id"), out var id) ? id : throw Unreadable("id", "is no UUID"),
            Kind = kind,
            Payout = kind == ChangeKind.ChainAnchored ? "" : NeededText(json, "payout"),
            StatusVersion = Whole("statusVersion", Find(json, "statusVersion") ?? throw Unreadable("statusVersion", "is missing")),
            From = Text(json, "from") is { } from ? new PayoutStatus(from) : null,
            To = Text(json, "to") is { } to ? new PayoutStatus(to) : null,
            Confidence = Text(json, "confidence") is { } confidence ? new Confidence(confidence) : null,
            Amount = Text(json, "amount") is { } amount ? Amount(amount) : null,
            Currency = Text(json, "currency"),
            Reference = Text(json, "reference"),
            Failure = Find(json, "failure") is { } failure ? Failure(failure) : null,
            OccurredAt = Instant(json, "occurredAt"),
            RecordedAt = Instant(json, "recordedAt"),
            Json = json,
        };
    }

    private static decimal Amount(string text) =>
        text.Count(char.IsAsciiDigit) <= AmountDigitsMax
        && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : throw Unreadable("amount", "is no decimal that can be kept exactly");

    private static ChangeFailure Failure(JsonElement failure) =>
        failure.ValueKind == JsonValueKind.Object
            ? new ChangeFailure(NeededText(failure, "code"), Text(failure, "providerCode"), Text(failure, "message"))
            : throw Unreadable("failure", "is no object");

    private static DateTimeOffset Instant(JsonElement json, string name) =>
        DateTimeOffset.TryParse(NeededText(json, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw Unreadable(name, "is no time");

    private static long Whole(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
            ? number
            : throw Unreadable(name, "is no whole number");

    private static string NeededText(JsonElement json, string name) => Text(json, name) ?? throw Unreadable(name, "is missing");

    private static string? Text(JsonElement json, string name)
    {
        if (Find(json, name) is not { } value) return null;
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Unreadable(name, "is no text");
        }
        catch (InvalidOperationException)
        {
            throw Unreadable(name, "is not well-formed Unicode");
        }
    }

    private static JsonElement? Find(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static ChangeUnreadable Unreadable(string name, string why) => new($"The change's \"{name}\" {why}.");
}
