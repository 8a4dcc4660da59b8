using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <param name="Outcome">What became of the payout; dismiss: the disagreement is accepted, and the status is not touched.</param>
/// <param name="Note">Why: 1 to 2000 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ProposalBody(ProposedOutcome? Outcome, string? Note);

/// <param name="Note">In the second person's words; a rejection needs one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DecisionBody(string? Note);

/// <param name="Owner">me, or the reference of somebody who has worked on cases here.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OwnerBody(string? Owner);

/// <param name="Text">1 to 2000 characters.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteBody(string? Text);

/// <summary>Reads a small JSON body strictly: an unknown or doubled member, or a word that is none, is refused by its name.</summary>
internal static class CaseBody
{
    internal const int BytesMax = 64 * 1024;
    private const string OurWords = "Expected ";

    internal static async Task<(T? Body, Problem? Problem)> ReadAsync<T>(HttpContext context, CancellationToken cancellation) where T : class
    {
        var type = context.Request.GetTypedHeaders().ContentType?.MediaType.Value;
        if (!string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase))
            return (null, new Problem(ProblemKind.MediaTypeUnsupported, "Send application/json."));
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, JsonShapes.Answered, cancellation) is { } body
                ? (body, null)
                : (null, Problem.Invalid("", "A JSON object is needed."));
        }
        catch (JsonException unread)
        {
            var field = unread.Path is { Length: > 2 } path ? path[2..] : "";
            // The serializer's own words name types of ours.
            return (null, Problem.Invalid(field, unread.Message.StartsWith(OurWords, StringComparison.Ordinal)
                ? unread.Message
                : field.Length > 0 ? "It does not fit here." : "It is no JSON object of the members that this needs."));
        }
    }
}
