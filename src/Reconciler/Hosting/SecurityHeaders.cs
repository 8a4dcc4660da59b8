using Reconciler.Access.Sessions;

namespace Reconciler.Hosting;

/// <summary>What a browser may do with our answers: as little as they need.</summary>
internal static class SecurityHeaders
{
    private const string Pages =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    // Swagger's page styles itself by attributes, and tries requests of ours.
    private const string Docs =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self' data:; form-action 'none'; "
        + "frame-ancestors 'none'; base-uri 'none'";

    // Nothing of it is a document, whatever a browser makes of it.
    private const string Data = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox";

    private const string Permissions = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    internal const string NoSniff = "nosniff";
    private const string OneYear = "max-age=31536000";

    internal static Task SetAsync(HttpContext context, RequestDelegate next)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.XContentTypeOptions = NoSniff;
        var isData = request.Path.StartsWithSegments("/v1") || request.Path.StartsWithSegments("/openapi") || request.Path.StartsWithSegments("/health");
        headers.ContentSecurityPolicy = isData ? Data : request.Path.StartsWithSegments("/docs") ? Docs : Pages;
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        headers.XFrameOptions = "DENY";
        if (request.IsHttps && !SecureOutsideLoopback.IsLoopback(request)) headers.StrictTransportSecurity = OneYear;
        // What is personal is kept by nobody on the way; a route that knows better says so.
        if (!request.Path.StartsWithSegments("/assets") && !request.Path.StartsWithSegments("/docs")) headers.CacheControl = "no-store";
        return next(context);
    }
}
