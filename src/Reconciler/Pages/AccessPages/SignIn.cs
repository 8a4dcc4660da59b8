using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Access.Limits;
using Reconciler.Access.Sessions;
using Reconciler.Access.Users;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages.AccessPages;

/// <summary>A name and a password begin a session. Whatever is wrong with them, the answer is the same.</summary>
internal static class SignIn
{
    private const string Wrong =
        "Name and password do not fit, or too many wrong ones came before: then it helps to wait five minutes. An administrator can give you a new password.";

    private const string Busy = "Too many try to sign in at this moment. Wait a minute, and try again.";

    internal static IResult Show(string? back) => Page(StatusCodes.Status200OK, null, back, null);

    internal static async Task<IResult> HandleAsync(
        [FromForm] string? name, [FromForm] string? password, [FromForm] string? back,
        HttpContext context, SignInAttempts attempts, FailedAttempts failures, DeniedLog denied, TimeProvider clock)
    {
        var from = CalledFrom.Of(context);
        if (failures.RetryAfter(from.Address) is { } wait)
        {
            denied.Note(null, context, StatusCodes.Status429TooManyRequests);
            context.Response.Headers.RetryAfter = wait.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Page(StatusCodes.Status429TooManyRequests, name, back, Busy);
        }

        var result = await attempts.TryAsync(name ?? "", password ?? "", from, context.RequestAborted);
        if (result.IsBusy) return Page(StatusCodes.Status429TooManyRequests, name, back, Busy);
        if (result.User is not { } user)
        {
            failures.Count(from.Address);
            denied.Note(null, context, StatusCodes.Status401Unauthorized, User.NameOf(name ?? ""));
            return Page(StatusCodes.Status401Unauthorized, name, back, Wrong);
        }

        await SessionCookie.BeginAsync(context, user, clock);
        return Results.LocalRedirect(user.MustChangePassword ? SessionCookie.PasswordPath : Addresses.Ours(back));
    }

    private static RazorComponentResult<SignInPage> Page(int status, string? name, string? back, string? trouble) => new(new Dictionary<string, object?>
    {
        [nameof(SignInPage.Name)] = name is { Length: > User.NameCharactersMax } ? null : name,
        [nameof(SignInPage.Back)] = Addresses.Ours(back),
        [nameof(SignInPage.Trouble)] = trouble,
    })
    {
        StatusCode = status,
    };
}
