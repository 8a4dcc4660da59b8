using System.Text.Json;

namespace Reconciler.Client;

/// <summary>Reads what the service answered to a registration.</summary>
internal static class RegistrationReading
{
    internal static RegistrationResult Of(ExpectedPayout payout, int status, JsonElement json) => new(payout, status, Id(json), null);

    /// <param name="line">A result line: <c>{"line":1,"status":201,"id":"…"}</c>.</param>
    /// <param name="number">The line that it must be the result of: a result never goes to another payout.</param>
    internal static RegistrationResult Of(ExpectedPayout payout, string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || Whole(json, "line") != number || Whole(json, "status") is not { } status)
                throw new StrangeAnswer($"What came is not the result of line {number}.");
            return new RegistrationResult(
                payout, status, Id(json), json.TryGetProperty("problem", out var problem) ? ProblemReading.Of(problem) : null);
        }
        catch (JsonException fault)
        {
            throw new StrangeAnswer($"What came is not the result of line {number}.", fault);
        }
    }

    private static string? Id(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private static int? Whole(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
