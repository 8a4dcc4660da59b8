using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Reconciler.Access.Audit;
using Reconciler.Access.Keys;
using Reconciler.Access.Limits;
using Reconciler.Access.Sessions;
using Reconciler.Access.Users;

namespace Reconciler.Access;

/// <summary>Who may do what: keys for programs, sessions for people, and a record of what they did.</summary>
public static class AccessServices
{
    private const string Either = "Caller";
    private const string ApplicationName = "reconciler";

    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services
            .AddSingleton(provider => new AdminKey(
                provider.GetRequiredService<IConfiguration>()["Reconciler:AdminKey"], provider.GetRequiredService<ILogger<AdminKey>>()))
            .AddSingleton(provider => LimitOptions.Of(provider.GetRequiredService<IConfiguration>()))
            .AddSingleton<FailedAttempts>()
            .AddSingleton<AccessDirectory>()
            .AddHostedService(provider => provider.GetRequiredService<AccessDirectory>())
            .AddSingleton<KeyLastUse>()
            .AddHostedService(provider => provider.GetRequiredService<KeyLastUse>())
            .AddSingleton<AuditLog>()
            .AddSingleton<AuditChain>()
            .AddSingleton<DeniedLog>()
            .AddHostedService(provider => provider.GetRequiredService<DeniedLog>())
            .AddSingleton<RequestLimits>()
            .AddSingleton<ApiKeyStore>()
            .AddHostedService<FirstUser>()
            .AddSingleton<Passwords>()
            .AddSingleton<UserStore>()
            .AddSingleton<SignInAttempts>();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = SchemeFor)
            .AddScheme<AuthenticationSchemeOptions, BearerKeyHandler>(BearerKeyHandler.SchemeName, _ => { })
            .AddCookie(SessionCookie.SchemeName, SessionCookie.Configure);
        services.AddAuthorization(options => options.FallbackPolicy = Undeclared);
        services.AddAntiforgery(options =>
        {
            options.Cookie = new SecureOutsideLoopback("reconciler-form");
            options.FormFieldName = "form";
            options.HeaderName = "X-Form";
        });
        services.AddDataProtection().SetApplicationName(ApplicationName);
        services.AddSingleton<CookieKeys>().AddOptions<KeyManagementOptions>().Configure<CookieKeys>((options, keys) =>
        {
            options.XmlRepository = keys;
            // They are sealed where they are kept.
            options.XmlEncryptor = new NullXmlEncryptor();
        });
        return services;
    }

    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes) => routes.MapKeys().MapAudit();

    // A key speaks for itself, wherever it is sent; without one, a browser has a session, and a program is asked for a key.
    private static string SchemeFor(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 || (SessionCookie.IsForPrograms(context.Request) && !SessionCookie.IsPresent(context.Request))
            ? BearerKeyHandler.SchemeName
            : SessionCookie.SchemeName;

    /// <summary>A route that does not say who may use it is used by nobody. What is no route of ours is left to be 404 or 405.</summary>
    private static AuthorizationPolicy Undeclared { get; } = new AuthorizationPolicyBuilder()
        .RequireAssertion(asked => asked.Resource is HttpContext context && context.GetEndpoint() is not RouteEndpoint)
        .Build();
}
