namespace Reconciler.Simulator.Control;

/// <summary>Refusals of the simulator's own API, as problem details.</summary>
public static class Problems
{
    public static IResult Of(int status, string type, string detail) =>
        Results.Problem(detail, statusCode: status, type: $"urn:reconciler-simulator:{type}");

    /// <param name="objections">Sentences by field.</param>
    public static IResult Invalid(IDictionary<string, string[]> objections) =>
        Results.ValidationProblem(objections, statusCode: 422, type: "urn:reconciler-simulator:invalid-content",
            title: "The content breaks the rules named under errors.");
}
