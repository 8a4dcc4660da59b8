using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Access.Users;
using Reconciler.Core;

namespace Reconciler.Pages.AccessPages;

/// <summary>An administrator adds users and changes them.</summary>
internal static class EditUsers
{
    private const string LastAdmin = "Nobody would be left who may administer. Give somebody else that role first.";

    internal static IResult Show() => Page(StatusCodes.Status200OK);

    internal static async Task<IResult> AddAsync(
        [FromForm] string? name, [FromForm] string? role, HttpContext context, UserStore users, CancellationToken cancellation)
    {
        if (User.NameOf(name ?? "") is not { } known) return Refused(User.NameRule);
        if (!EnumWords<Role>.TryParse(role, out var given)) return Refused($"A role is one of: {RoleScopes.Words}.");
        var password = Passwords.Generate();
        var user = await users.AddAsync(context.Actor(), known, given, password, mustChange: true, cancellation);
        return user is null ? Refused($"'{known}' is taken, or there are too many users.") : Page(StatusCodes.Status200OK, password: password, of: user.Name);
    }

    internal static async Task<IResult> ChangeRoleAsync(
        Guid id, [FromForm] string? role, HttpContext context, UserStore users, CancellationToken cancellation) =>
        EnumWords<Role>.TryParse(role, out var given)
            ? Answer(await users.ChangeRoleAsync(context.Actor(), id, given, cancellation))
            : Refused($"A role is one of: {RoleScopes.Words}.");

    internal static async Task<IResult> DisableAsync(Guid id, HttpContext context, UserStore users, CancellationToken cancellation) =>
        Answer(await users.DisableAsync(context.Actor(), id, cancellation));

    internal static async Task<IResult> EnableAsync(Guid id, HttpContext context, UserStore users, CancellationToken cancellation) =>
        Answer(await users.EnableAsync(context.Actor(), id, cancellation));

    internal static async Task<IResult> ResetPasswordAsync(Guid id, HttpContext context, UserStore users, CancellationToken cancellation)
    {
        var password = Passwords.Generate();
        var change = await users.ResetPasswordAsync(context.Actor(), id, password, cancellation);
        return change.User is { } user ? Page(StatusCodes.Status200OK, password: password, of: user.Name) : Answer(change);
    }

    private static IResult Answer(UserChange change) => change switch
    {
        { User: null } => Results.StatusCode(StatusCodes.Status404NotFound),
        { WasLastAdmin: true } => Refused(LastAdmin),
        _ => Results.LocalRedirect("/users"),
    };

    private static IResult Refused(string trouble) => Page(StatusCodes.Status422UnprocessableEntity, trouble);

    private static RazorComponentResult<UserList> Page(int status, string? trouble = null, string? password = null, string? of = null) =>
        new(new Dictionary<string, object?>
        {
            [nameof(UserList.Trouble)] = trouble, [nameof(UserList.Password)] = password, [nameof(UserList.Of)] = of,
        })
        {
            StatusCode = status,
        };
}
