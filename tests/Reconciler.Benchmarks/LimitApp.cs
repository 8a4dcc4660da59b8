namespace Reconciler.Benchmarks;

/// <summary>Checks the HMAC and answers: what HTTP itself allows on this machine.</summary>
internal static class LimitApp
{
    internal static async Task RunAsync()
    {
        var app = BaselineApp.Build();
        app.MapPost("/webhooks/{connection}", async (HttpContext context) =>
        {
            if (await SignedBody.ReadAsync(context.Request) is null) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        });
        await app.RunAsync();
    }
}
