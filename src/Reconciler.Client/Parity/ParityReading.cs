using System.Text.Json;

namespace Reconciler.Client;

/// <summary>Reads one line of a comparison's answer: a difference, or the counts that stand at its end.</summary>
internal static class ParityReading
{
    /// <exception cref="IOException">It is neither: what was answered was cut, or is another program's.</exception>
    internal static (ParityDifference? Difference, ParityResult? Result) Of(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            return json.TryGetProperty("difference", out var kind)
                ? (new ParityDifference(kind.GetString()!, Text(json, "payout"), Status(json, "theirs"), Status(json, "ours"), Text(json, "problem")), null)
                : (null, Result(json));
        }
        catch (Exception strange) when (strange is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new IOException("What came is no line of a comparison: compare again.", strange);
        }
    }

    private static ParityResult Result(JsonElement json)
    {
        var (compared, same) = (Whole(json, "lines"), Whole(json, "same"));
        return new ParityResult(
            new FeedPosition(Whole(json, "position"), json.GetProperty("epoch").GetGuid()), compared, same,
            compared - same + Whole(json, "missing") + Whole(json, "badLines"));
    }

    private static HeldStatus? Status(JsonElement json, string name) =>
        json.TryGetProperty(name, out var held) && held.ValueKind == JsonValueKind.Object
            ? new HeldStatus(Whole(held, "statusVersion"), Text(held, "status") is { } word ? new PayoutStatus(word) : null)
            : null;

    private static long Whole(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
