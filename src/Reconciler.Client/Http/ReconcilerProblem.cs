namespace Reconciler.Client;

/// <summary>A refusal of the service's, as problem details (RFC 9457). Branch on <see cref="ProblemDetails.Type"/>, which never changes.</summary>
public class ReconcilerProblem(ProblemDetails problem) : Exception($"{problem.Status} {problem.Title}: {problem.Detail ?? problem.Type}")
{
    public ProblemDetails Problem { get; } = problem;

    /// <summary>What passes by itself: sending the same again later may well succeed.</summary>
    public bool MayPass => Problem.Status is 408 or 425 or 429 or >= 500;
}

/// <param name="Type">A stable URI like <c>urn:reconciler:problem:invalid</c>; <c>about:blank</c> where something else than the service answered.</param>
/// <param name="Detail">What is wrong with this very request, for people.</param>
/// <param name="RetryAfter">How long the service asks to be left alone.</param>
public sealed record ProblemDetails(
    string Type, string Title, int Status, string? Detail, IReadOnlyList<FieldProblem> Errors, TimeSpan? RetryAfter = null)
{
    internal const string Prefix = "urn:reconciler:problem:";
}

/// <param name="Field">The member, parameter or line that is meant; empty for the whole body.</param>
public sealed record FieldProblem(string Field, string Problem);
