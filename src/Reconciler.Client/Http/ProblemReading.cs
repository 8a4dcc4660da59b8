using System.Text.Json;

namespace Reconciler.Client;

/// <summary>Reads what was refused, and by whom: a proxy on the way answers no problem details.</summary>
internal static class ProblemReading
{
    private const int BodyBytesMax = 1024 * 1024;
    private const int ExcerptCharacters = 200;

    /// <summary>The refusal as it is thrown.</summary>
    internal static async Task<ReconcilerProblem> OfAsync(HttpResponseMessage response, TimeProvider clock, CancellationToken cancellation)
    {
        await response.Content.LoadIntoBufferAsync(BodyBytesMax, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        var (problem, standing) = Of(body, response);
        problem = problem with { RetryAfter = RetryAfter(response, clock) };
        return problem.Type switch
        {
            ProblemDetails.Prefix + "feed-epoch-changed" => new FeedHistoryChanged(problem, standing),
            ProblemDetails.Prefix + "feed-position-ahead" => new PositionBeyondHead(problem, standing),
            _ => new ReconcilerProblem(problem),
        };
    }

    /// <summary>Null where it is no problem details object.</summary>
    internal static ProblemDetails? Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "type") is not { } type) return null;
        var status = json.TryGetProperty("status", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var code) ? code : 0;
        return new ProblemDetails(type, Text(json, "title") ?? "", status, Text(json, "detail"), Errors(json));
    }

    private static (ProblemDetails Problem, FeedStanding? Standing) Of(byte[] body, HttpResponseMessage response)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Of(document.RootElement) is { } problem) return (problem with { Status = (int)response.StatusCode }, Standing(document.RootElement));
        }
        catch (JsonException)
        {
            // Not the service's word; what it says is shown below.
        }

        var text = System.Text.Encoding.UTF8.GetString(body);
        var unknown = new ProblemDetails(
            "about:blank", response.ReasonPhrase ?? "", (int)response.StatusCode,
            text.Length > ExcerptCharacters ? text[..ExcerptCharacters] : text.Length > 0 ? text : null, []);
        return (unknown, null);
    }

    private static FeedStanding? Standing(JsonElement json)
    {
        if (!json.TryGetProperty("feed", out var feed) || feed.ValueKind != JsonValueKind.Object
            || !Guid.TryParse(Text(feed, "epoch"), out var epoch) || Whole(feed, "head") is not { } head) return null;
        return new FeedStanding(epoch, head, Whole(feed, "agreesUpTo"), Whole(feed, "goOnAfter") is { } after ? new FeedPosition(after, epoch) : null);
    }

    private static long? Whole(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static List<FieldProblem> Errors(JsonElement json)
    {
        var errors = new List<FieldProblem>();
        if (!json.TryGetProperty("errors", out var given) || given.ValueKind != JsonValueKind.Array) return errors;
        foreach (var error in given.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object))
            errors.Add(new FieldProblem(Text(error, "field") ?? "", Text(error, "problem") ?? ""));
        return errors;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - clock.GetUtcNow() is var left => left > TimeSpan.Zero ? left : TimeSpan.Zero,
        _ => null,
    };

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
