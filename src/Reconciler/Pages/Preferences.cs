using Microsoft.AspNetCore.Mvc;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages;

/// <summary>What a reader chose for this browser. A cookie of its own, not secret, and the way back.</summary>
internal static class Preferences
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    internal static void MapPreferences(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/preferences", ([FromForm] string? theme, [FromForm] string? back, HttpContext context) =>
        {
            var options = new CookieOptions
            {
                MaxAge = Kept, HttpOnly = true, IsEssential = true, Path = "/", SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps,
            };
            if (theme is not null && Reader.Themes.Contains(theme)) context.Response.Cookies.Append(Reader.ThemeCookie, theme, options);
            return Results.LocalRedirect(Addresses.Ours(back));
        }).AllowAnonymous().ExcludeFromDescription();
}
