using Microsoft.AspNetCore.Antiforgery;
using Reconciler.Hosting;

namespace Reconciler.Access.Sessions;

/// <summary>A browser sends its session with whatever another site makes it send. So a session alone only reads; to change
/// something over the API it must show the token that one of our pages gave.</summary>
internal static class SessionForms
{
    internal static async Task KeepAsync(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        if (context.User.Identity?.AuthenticationType == SessionCookie.SchemeName && SessionCookie.IsForPrograms(context.Request)
            && !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)
            && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await new Problem(ProblemKind.FormTokenMissing, "A session alone only reads here. Send the page's token in the header X-Form, or a key.")
                .ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
