using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Reconciler.Access;
using Reconciler.Access.Sessions;
using Reconciler.Hosting;

namespace Reconciler.Pages.AccessPages;

/// <summary>The pages on which people get in and out, and on which an administrator says who may.</summary>
internal static class AccessRoutes
{
    internal static void MapAccessPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().AddEndpointFilter(NotStored);
        pages.MapGet(SessionCookie.SignInPath, SignIn.Show).AllowAnonymous();
        pages.MapPost(SessionCookie.SignInPath, SignIn.HandleAsync).AllowAnonymous().RequireForm();
        pages.MapPost("/sign-out", SignOut.HandleAsync).RequireAuthorization(Anybody).RequireForm();
        pages.MapGet(SessionCookie.PasswordPath, ChangePassword.Show).RequireAuthorization(Anybody);
        pages.MapPost(SessionCookie.PasswordPath, ChangePassword.HandleAsync).RequireAuthorization(Anybody).RequireForm();
        pages.MapGet("/users", EditUsers.Show).RequireScope(Scope.Admin);
        pages.MapGet("/audit", ShowAudit.Show).RequireScope(Scope.Admin);
        pages.MapGet("/audit.csv", ShowAudit.Export).RequireScope(Scope.Admin);
        pages.MapPost("/users", EditUsers.AddAsync).RequireScope(Scope.Admin).RequireForm();
        pages.MapPost("/users/{id:guid}/role", EditUsers.ChangeRoleAsync).RequireScope(Scope.Admin).RequireForm();
        pages.MapPost("/users/{id:guid}/disable", EditUsers.DisableAsync).RequireScope(Scope.Admin).RequireForm();
        pages.MapPost("/users/{id:guid}/enable", EditUsers.EnableAsync).RequireScope(Scope.Admin).RequireForm();
        pages.MapPost("/users/{id:guid}/password", EditUsers.ResetPasswordAsync).RequireScope(Scope.Admin).RequireForm();
    }

    /// <summary>Takes only a form that one of our own pages gave to this very person.</summary>
    internal static RouteHandlerBuilder RequireForm(this RouteHandlerBuilder route) => route
        .WithMetadata(new RequireAntiforgeryTokenAttribute())
        .AddEndpointFilter(async (call, next) => call.HttpContext.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: true }
            ? await next(call)
            : Results.StatusCode(StatusCodes.Status400BadRequest));

    // Whoever is signed in, with whatever role; a key has no password and no session.
    private static void Anybody(AuthorizationPolicyBuilder policy) =>
        policy.AddAuthenticationSchemes(SessionCookie.SchemeName).RequireAssertion(asked => asked.User.Actor() is { Kind: ActorKind.User });

    private static ValueTask<object?> NotStored(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        call.HttpContext.Response.Headers.CacheControl = "no-cache, no-store";
        return next(call);
    }
}
