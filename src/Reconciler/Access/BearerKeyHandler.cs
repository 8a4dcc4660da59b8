using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Reconciler.Hosting;

namespace Reconciler.Access;

/// <summary>Reads <c>Authorization: Bearer rk_…</c>.</summary>
internal sealed class BearerKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    internal const string SchemeName = "Bearer";
    private const string Prefix = SchemeName + " ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        if (keys.Find(header[Prefix.Length..].Trim()) is not { } actor)
            return Task.FromResult(AuthenticateResult.Fail("No such key."));
        var caller = new ClaimsPrincipal(new ActorIdentity(actor, SchemeName));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        return new Problem(ProblemKind.NotAuthenticated, "Send 'Authorization: Bearer' and a key.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scope = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope;
        Response.Headers.WWWAuthenticate = $"{SchemeName} error=\"insufficient_scope\"";
        return new Problem(ProblemKind.ScopeMissing, $"This needs a key with the scope '{scope}'.").ExecuteAsync(Context);
    }
}
