namespace Reconciler.Access.Sessions;

/// <summary>
/// A cookie that scripts do not see, that other sites' forms do not send, and that never leaves this machine unencrypted. A plain
/// service on another machine gets no cookie back, and so lets nobody in: that is meant.
/// </summary>
internal sealed class SecureOutsideLoopback : CookieBuilder
{
    public SecureOutsideLoopback(string name)
    {
        (Name, HttpOnly, SameSite, IsEssential) = (name, true, SameSiteMode.Lax, true);
    }

    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure = !IsPlainLoopback(context.Request);
        options.Path = "/";
        return options;
    }

    internal static bool IsPlainLoopback(HttpRequest request) => !request.IsHttps && IsLoopback(request);

    internal static bool IsLoopback(HttpRequest request) =>
        request.Host.Host is "localhost"
        || (System.Net.IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address));
}
