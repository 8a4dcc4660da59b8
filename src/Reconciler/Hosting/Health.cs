using System.Text.Json.Serialization;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Hosting;

/// <summary>Whether this node lives, and whether it can do its work.</summary>
public static class Health
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Ok(new HealthAnswer("live", [])))
            .AllowAnonymous().WithTags("Health").WithSummary("The process answers").Produces<HealthAnswer>();
        routes.MapGet("/health/ready", ReadyAsync)
            .AllowAnonymous().WithTags("Health").WithSummary("The database answers and has this program's schema")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        return routes;
    }

    private static async Task<IResult> ReadyAsync(
        NpgsqlDataSource database, TimeProvider clock, IEnumerable<Degradation> parts, CancellationToken cancellation)
    {
        using var tooLate = new CancellationTokenSource(AnswerMax, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, tooLate.Token);
        string? reason;
        try
        {
            reason = await MissingAsync(database, ending.Token);
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException or TimeoutException or IOException)
        {
            // The reason is for whoever looks at a load balancer: it must not tell addresses or names of ours.
            reason = tooLate.IsCancellationRequested ? $"The database did not answer within {AnswerMax.TotalSeconds} s." : "The database cannot be reached.";
        }

        return reason is null
            ? TypedResults.Ok(new HealthAnswer("ready", [], Degraded(parts)))
            : TypedResults.Json(new HealthAnswer("not_ready", [reason]), statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    // A node that takes deliveries and answers is ready: what goes badly beside that is told, and keeps no load balancer from it.
    private static List<string>? Degraded(IEnumerable<Degradation> parts) =>
        parts.Select(part => (part.Part, Trouble: part.Trouble())).Where(part => part.Trouble is not null).Select(part => $"{part.Part}: {part.Trouble}")
            .ToList() is { Count: > 0 } degraded ? degraded : null;

    private static async Task<string?> MissingAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select name from reconciler.schema_migrations");
        try
        {
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            var applied = new HashSet<string>(StringComparer.Ordinal);
            while (await rows.ReadAsync(cancellation)) applied.Add(rows.GetString(0));
            return Migrations.Scripts.Where(script => !applied.Contains(script.Name)).Select(script => script.Name).ToList() is { Count: > 0 } missing
                ? $"The database lacks migrations: {string.Join(", ", missing)}."
                : null;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return "The database has no schema yet.";
        }
    }
}

/// <param name="Status"><c>live</c>, <c>ready</c> or <c>not_ready</c>.</param>
/// <param name="Reasons">Why not; empty where nothing is wrong.</param>
/// <param name="Degraded">What goes badly while the node is ready, one sentence for each part; left out where nothing does.</param>
public sealed record HealthAnswer(
    string Status,
    IReadOnlyList<string> Reasons,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Degraded = null);
