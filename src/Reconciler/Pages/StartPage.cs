namespace Reconciler.Pages;

/// <summary><c>/</c>: where to go from here. It shows nothing of any payout, so it needs no key.</summary>
internal static class StartPage
{
    private const string Html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Reconciler</title>
        </head>
        <body>
        <main>
        <h1>Reconciler</h1>
        <p>One authoritative status per payout, and the evidence for it.</p>
        <ul>
        <li><a href="/docs">The API, described and tried out</a></li>
        <li><a href="/openapi/v1.json">Its OpenAPI document</a></li>
        <li><a href="/health/ready">Whether this node is ready</a></li>
        </ul>
        <p>Payouts are read at <code>/v1/payouts</code> with <code>Authorization: Bearer</code> and a key.</p>
        </main>
        </body>
        </html>
        """;

    internal static void MapPages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", () => Results.Content(Html, "text/html; charset=utf-8"))
            .WithTags("Pages").WithSummary("Where to go from here").Produces<string>(StatusCodes.Status200OK, "text/html");
}
