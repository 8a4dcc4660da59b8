using System.Globalization;
using System.Text.Json.Serialization;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Hosting;

/// <summary>A refusal as RFC 9457 problem details. It is an answer, never an exception.</summary>
/// <param name="detail">What is wrong with this very request, for the person who sent it; without secrets or personal data.</param>
/// <param name="feed">Of a cursor that the feed refuses.</param>
public sealed class Problem(
    ProblemKind kind, string? detail, IReadOnlyList<FieldProblem>? errors = null, int? retryAfterSeconds = null, FeedStanding? feed = null) : IResult
{
    public const string ContentType = "application/problem+json";

    public ProblemKind Kind { get; } = kind;

    public ProblemBody Body { get; } = new(kind.Type, kind.Title, kind.Status, detail, errors, feed);

    public static Problem Invalid(IReadOnlyList<FieldProblem> errors) =>
        new(ProblemKind.Invalid, string.Join(" ", errors.Select(error => error.Field.Length > 0 ? $"{error.Field}: {error.Problem}" : error.Problem)), errors);

    public static Problem Invalid(string field, string problem) => Invalid([new FieldProblem(field, problem)]);

    public static Problem Unavailable(string detail, int retryAfterSeconds) =>
        new(ProblemKind.Unavailable, detail, retryAfterSeconds: retryAfterSeconds);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Kind.Status;
        if (retryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(Body, JsonShapes.Answered, ContentType, httpContext.RequestAborted);
    }
}

/// <summary>Problem details of RFC 9457.</summary>
/// <param name="Type">Which kind of problem: a stable URI to branch on.</param>
/// <param name="Errors">Of a 422 and of a conflict: which fields, and why.</param>
/// <param name="Feed">Of a cursor that the feed refuses: how the two histories stand to each other.</param>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldProblem>? Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FeedStanding? Feed = null);

/// <param name="Field">The member, query parameter or line that is meant; empty for the whole body.</param>
public sealed record FieldProblem(string Field, string Problem);
