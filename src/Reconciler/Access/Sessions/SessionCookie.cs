using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Reconciler.Access.Audit;
using Reconciler.Access.Users;
using Reconciler.Hosting;
using Reconciler.Pages.Reading;

namespace Reconciler.Access.Sessions;

/// <summary>
/// People's sessions: a sealed cookie that names user and session. Whether it still holds, and what the user may do, is looked up at
/// each request.
/// </summary>
internal static class SessionCookie
{
    internal const string SchemeName = "Session";
    internal const string SignInPath = "/sign-in";
    internal const string PasswordPath = "/password";

    /// <summary>However much it is used, a session ends after this.</summary>
    internal static readonly TimeSpan LifetimeMax = TimeSpan.FromHours(12);

    /// <summary>A session that is not used ends after this.</summary>
    internal static readonly TimeSpan IdleMax = TimeSpan.FromHours(1);

    private const string CookieName = "reconciler-session";

    internal static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie = new SecureOutsideLoopback(CookieName);
        options.ExpireTimeSpan = IdleMax;
        options.SlidingExpiration = true;
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = ValidateAsync,
            OnRedirectToLogin = ChallengeAsync,
            OnRedirectToAccessDenied = ForbidAsync,
        };
    }

    /// <summary>Begins a session, in the answer.</summary>
    internal static Task BeginAsync(HttpContext context, User user, TimeProvider clock) =>
        context.SignInAsync(SchemeName, new SessionTicket(Guid.CreateVersion7(), user.Id, user.Stamp, clock.GetUtcNow()).Principal());

    internal static bool IsPresent(HttpRequest request) => request.Cookies.ContainsKey(CookieName);

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (SessionTicket.Of(context.Principal) is not { } session || now - session.BeganAt >= LifetimeMax
            || await services.GetRequiredService<AccessDirectory>().FindUserAsync(session, context.HttpContext.RequestAborted) is not { } user)
        {
            context.RejectPrincipal();
            return;
        }

        var actor = user.AsActor() with { From = CalledFrom.Of(context.HttpContext) };
        context.ReplacePrincipal(new System.Security.Claims.ClaimsPrincipal([new ActorIdentity(actor, SchemeName), .. context.Principal!.Identities]));
    }

    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (IsForPrograms(context.Request))
            return new Problem(ProblemKind.NotAuthenticated, "The session has ended. Sign in again, or send 'Authorization: Bearer' and a key.").ExecuteAsync(context.HttpContext);
        var back = HttpMethods.IsGet(context.Request.Method) ? context.Request.PathBase + Addresses.PathOf(context.Request) + context.Request.QueryString : "/";
        context.Response.Redirect($"{SignInPath}?back={Uri.EscapeDataString(back)}");
        return Task.CompletedTask;
    }

    private static Task ForbidAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (!IsForPrograms(context.Request) && context.HttpContext.User.Actor() is { Scopes: [] })
        {
            context.Response.Redirect(PasswordPath);
            return Task.CompletedTask;
        }

        context.HttpContext.RequestServices.GetRequiredService<DeniedLog>().Note(context.HttpContext.User.Actor(), context.HttpContext, StatusCodes.Status403Forbidden);
        var scope = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope;
        if (!IsForPrograms(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return new Problem(ProblemKind.ScopeMissing, $"This needs a role with the scope '{scope}'.").ExecuteAsync(context.HttpContext);
    }

    internal static bool IsForPrograms(HttpRequest request) => request.Path.StartsWithSegments("/v1");
}
