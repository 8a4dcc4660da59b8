using Microsoft.AspNetCore.Http.HttpResults;
using Reconciler.Hosting;

namespace Reconciler.Pages.Errors;

/// <summary>A refusal as a page, for those who sit before a browser. Callers of the API get problem details.</summary>
internal static class ErrorPages
{
    private static readonly string[] ForPrograms = ["/v1", "/webhooks", "/health", "/openapi", "/assets", "/news"];

    /// <summary>Whether the request comes from a browser that would show what it gets, and is for a page.</summary>
    internal static bool Wants(HttpRequest request) =>
        request.Headers.Accept.Any(accepted => accepted?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true)
        && !ForPrograms.Any(root => request.Path.StartsWithSegments(root));

    internal static IResult Of(ProblemKind kind) => new InAScopeOfItsOwn(kind.Status);

    /// <summary>The page that failed has begun with this request's renderer, which renders one page and no second.</summary>
    private sealed class InAScopeOfItsOwn(int status) : IResult
    {
        // The framework adds it to each page, and fails where it stands already.
        private const string Added = "blazor-enhanced-nav";

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var before = httpContext.RequestServices;
            await using var scope = before.CreateAsyncScope();
            httpContext.RequestServices = scope.ServiceProvider;
            httpContext.Response.Headers.Remove(Added);
            try
            {
                await new RazorComponentResult<ErrorPage>(new Dictionary<string, object?> { [nameof(ErrorPage.Status)] = status }) { StatusCode = status }
                    .ExecuteAsync(httpContext);
            }
            finally
            {
                httpContext.RequestServices = before;
            }
        }
    }
}
