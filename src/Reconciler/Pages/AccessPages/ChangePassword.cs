using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Access.Limits;
using Reconciler.Access.Sessions;
using Reconciler.Access.Users;

namespace Reconciler.Pages.AccessPages;

/// <summary>Who knows the old password may choose a new one. Every other session of the user ends.</summary>
internal static class ChangePassword
{
    internal static IResult Show() => Page(StatusCodes.Status200OK, null);

    internal static async Task<IResult> HandleAsync(
        [FromForm] string? current, [FromForm] string? wanted, [FromForm] string? again,
        HttpContext context, UserStore users, SignInAttempts attempts, FailedAttempts failures, TimeProvider clock)
    {
        var actor = context.Actor();
        var id = Guid.Parse(actor.Id);
        if (wanted != again) return Page(StatusCodes.Status422UnprocessableEntity, "The new password was not typed the same way twice.");
        if (Passwords.Trouble(wanted ?? "", actor.Name) is { } trouble) return Page(StatusCodes.Status422UnprocessableEntity, trouble);
        if (wanted == current) return Page(StatusCodes.Status422UnprocessableEntity, "The new password is the one that you have.");
        if (failures.RetryAfter(actor.From.Address) is not null)
            return Page(StatusCodes.Status429TooManyRequests, "Too many wrong passwords. Wait a minute, and try again.");
        if (!await attempts.IsRightAsync(id, current ?? "", context.RequestAborted))
        {
            failures.Count(actor.From.Address);
            return Page(StatusCodes.Status422UnprocessableEntity, "The password that you have is another one.");
        }

        if (await users.ChangePasswordAsync(actor, id, wanted!, context.RequestAborted) is not { } user) return Results.LocalRedirect(SessionCookie.SignInPath);
        await SessionCookie.BeginAsync(context, user, clock);
        return Results.LocalRedirect("/");
    }

    private static RazorComponentResult<PasswordPage> Page(int status, string? trouble) =>
        new(new Dictionary<string, object?> { [nameof(PasswordPage.Trouble)] = trouble }) { StatusCode = status };
}
