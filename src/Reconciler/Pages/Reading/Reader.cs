using System.Globalization;
using Reconciler.Access;

namespace Reconciler.Pages.Reading;

/// <summary>Who reads this page, as far as it changes how things are shown: zone and theme, from cookies that hold nothing else.</summary>
public sealed class Reader(IHttpContextAccessor accessor, TimeProvider clock)
{
    internal const string ZoneCookie = "zone";
    internal const string ThemeCookie = "theme";
    private const int ZoneCharactersMax = 60;

    private TimeZoneInfo? zone;

    internal static IReadOnlyList<string> Themes { get; } = ["auto", "light", "dark"];

    public HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("There is no request.");

    /// <summary>Null where nobody is signed in.</summary>
    public Actor? Who => Http.User.Actor();

    /// <summary>Of a page that is shown to nobody else.</summary>
    public Actor Actor => Http.Actor();

    public bool May(string scope) => Who?.May(scope) ?? false;

    /// <summary>The connections that exist for the reader: none for whom nobody knows.</summary>
    public AllowedConnections Sees => Who?.Connections ?? AllowedConnections.Of([]);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The browser's zone as its script told it; UTC where there is no script, or this machine does not know the zone.</summary>
    public TimeZoneInfo Zone => zone ??= Known(Http.Request.Cookies[ZoneCookie]) ?? TimeZoneInfo.Utc;

    public string ZoneName => Zone == TimeZoneInfo.Utc ? "UTC" : Zone.Id;

    /// <summary>auto, light or dark.</summary>
    public string Theme => Http.Request.Cookies[ThemeCookie] is { } chosen && Themes.Contains(chosen) ? chosen : "auto";

    /// <summary>The address of this page, to come back to.</summary>
    public string Here => Http.Request.PathBase + Addresses.PathOf(Http.Request) + Http.Request.QueryString;

    /// <summary>
    /// Sends the reader to another page. The one that asks for it is rendered to its end: the framework's own way is an exception, which
    /// leaves a tree of components half made, and whatever writes that tree does not come back.
    /// </summary>
    public void Leave(string address) => Http.Response.Redirect(address);

    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    /// <summary>The instant that a browser's date and time field means, in the reader's zone; null where it is none.</summary>
    public DateTimeOffset? Instant(string text)
    {
        string[] forms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFF"];
        if (!DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return null;
        // In the hour that a change to summer time leaves out, the moment of the change is meant.
        while (Zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static TimeZoneInfo? Known(string? id) =>
        id is { Length: > 0 and <= ZoneCharactersMax } && TimeZoneInfo.TryFindSystemTimeZoneById(Uri.UnescapeDataString(id), out var found) ? found : null;
}
