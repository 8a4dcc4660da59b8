using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Pages.Errors;

namespace Reconciler.Hosting;

/// <summary>Turns what was thrown into an answer that tells nothing of our insides: those are in the log.</summary>
internal sealed partial class FaultHandler(ILogger<FaultHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The caller has gone: nobody is there to be answered.
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested) return true;
        var problem = ProblemOf(exception);
        if (problem.Kind == ProblemKind.Unavailable) Unavailable(log, httpContext.Request.Method, RouteOf(httpContext), exception.Message);
        else if (problem.Kind.Status >= StatusCodes.Status500InternalServerError) Fault(log, exception, httpContext.Request.Method, RouteOf(httpContext));
        await (ErrorPages.Wants(httpContext.Request) ? ErrorPages.Of(problem.Kind) : problem).ExecuteAsync(httpContext);
        return true;
    }

    private static Problem ProblemOf(Exception fault) => fault switch
    {
        AppendUnavailable => Problem.Unavailable("It could not be made permanent. Nothing was promised; try again.", AppendUnavailable.RetryAfterSeconds),
        BadHttpRequestException bad => new Problem(ProblemKind.OfStatus(bad.StatusCode), "The request does not keep to HTTP or to a limit of this server."),
        NpgsqlException { IsTransient: true } => Problem.Unavailable("The database does not answer. Try again.", AppendUnavailable.RetryAfterSeconds),
        _ => new Problem(ProblemKind.Internal, "It was logged. The request may have been carried out; it is safe to send it again."),
    };

    private static string RouteOf(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? "no route";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Route} failed")]
    private static partial void Fault(ILogger log, Exception fault, string method, string route);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Route} was answered 503: {Trouble}")]
    private static partial void Unavailable(ILogger log, string method, string route, string trouble);
}
