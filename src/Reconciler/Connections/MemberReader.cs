using System.Text.Json;
using Reconciler.Core;
using Reconciler.Ledger;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// Reads one JSON object by the names that it may have. Whatever is wrong goes to one list with its path, so that an operator sees all
/// of it at once; null reads as absent. Messages name rules and never repeat a value: it may be a secret in the wrong place.
/// </summary>
internal sealed class MemberReader(JsonElement json, string path, List<SettingProblem> problems)
{
    public const int TextLengthMax = 512;
    public const int LongTextLengthMax = 8192;
    private const int ItemsMax = 20;

    private readonly JsonElement json = json;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Problem(string name, string problem) => problems.Add(new SettingProblem(PathOf(name), problem));

    public string? Text(string name, int lengthMax = TextLengthMax) =>
        Member(name) is { } value ? TextOf(value, PathOf(name), lengthMax) : null;

    public int? Whole(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        Problem(name, "A whole number is needed.");
        return null;
    }

    public bool? Truth(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Problem(name, "true or false is needed.");
        return null;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Member(name) is not { } value) return null;
        try
        {
            return value.Deserialize<DateTimeOffset>(JsonShapes.Stored);
        }
        catch (JsonException)
        {
            Problem(name, "An RFC 3339 time is needed, like 2026-11-21T10:00:00Z.");
            return null;
        }
    }

    /// <summary>A number of the feed, 0 or more: as a JSON number or, since those may lose digits on their way, as digits in a text.</summary>
    public long? Position(string name)
    {
        if (Member(name) is not { } value) return null;
        var text = value.ValueKind switch { JsonValueKind.Number => value.GetRawText(), JsonValueKind.String => value.GetString()!, _ => "" };
        if (FeedQuery.TryPosition(text, out var position)) return position;
        Problem(name, "A position is needed: a whole number, 0 or more.");
        return null;
    }

    public MemberReader? Object(string name) => Member(name) is { } value ? ObjectOf(value, PathOf(name)) : null;

    public IReadOnlyList<string>? Texts(string name) =>
        Items(name)?.Select(item => TextOf(item.Value, item.Path, TextLengthMax)).OfType<string>().ToList();

    public IReadOnlyList<MemberReader>? Objects(string name) =>
        Items(name)?.Select(item => ObjectOf(item.Value, item.Path)).OfType<MemberReader>().ToList();

    /// <summary>An object whose names are free and whose values are texts; a null value stands where nothing is said.</summary>
    public IReadOnlyList<(string Name, string? Value)>? Pairs(string name)
    {
        if (Object(name) is not { } reader) return null;
        if (reader.json.GetPropertyCount() > ItemsMax) Problem(name, $"At most {ItemsMax} are allowed.");
        return [.. reader.Names().Take(ItemsMax).Select(pair => (pair, reader.Text(pair, LongTextLengthMax)))];
    }

    /// <summary>Names what was not asked for. To be called last.</summary>
    public void Close()
    {
        foreach (var name in Names().Where(name => !known.Contains(name))) Problem(name, "There is no such setting.");
    }

    private IEnumerable<string> Names() => json.EnumerateObject().Select(member => member.Name);

    private JsonElement? Member(string name)
    {
        known.Add(name);
        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private string? TextOf(JsonElement value, string at, int lengthMax)
    {
        if (value.ValueKind != JsonValueKind.String)
            problems.Add(new SettingProblem(at, "Text is needed."));
        else if (value.GetString() is not { Length: > 0 } text || text.Length > lengthMax)
            problems.Add(new SettingProblem(at, $"1 to {lengthMax} characters are needed."));
        else if (text.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t')))
            problems.Add(new SettingProblem(at, "Control characters are not allowed."));
        else
            return text;
        return null;
    }

    private MemberReader? ObjectOf(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Object) return new MemberReader(value, at, problems);
        problems.Add(new SettingProblem(at, "An object is needed."));
        return null;
    }

    private List<(JsonElement Value, string Path)>? Items(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= ItemsMax)
            return [.. value.EnumerateArray().Select((item, at) => (item, $"{PathOf(name)}[{at}]"))];
        Problem(name, $"A list of at most {ItemsMax} is needed.");
        return null;
    }
}
