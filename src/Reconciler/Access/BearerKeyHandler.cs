using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Reconciler.Access.Audit;
using Reconciler.Access.Keys;
using Reconciler.Access.Limits;
using Reconciler.Hosting;

namespace Reconciler.Access;

/// <summary>Reads <c>Authorization: Bearer rk_…</c>.</summary>
internal sealed class BearerKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    AdminKey adminKey, AccessDirectory directory, KeyLastUse lastUse,
    FailedAttempts failures, DeniedLog denied)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    internal const string SchemeName = "Bearer";
    private const string Prefix = SchemeName + " ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (KeySecret.Digest(header[Prefix.Length..].Trim()) is not { } digest || await FindAsync(digest) is not { } actor)
            return AuthenticateResult.Fail("No such key.");
        var caller = new ClaimsPrincipal(new ActorIdentity(actor with { From = CalledFrom.Of(Context) }, SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));
    }

    private async ValueTask<Actor?> FindAsync(byte[] digest)
    {
        if (adminKey.Is(digest)) return AdminKey.Actor;
        if (await directory.FindKeyAsync(digest, Context.RequestAborted) is not { } key) return null;
        var now = TimeProvider.GetUtcNow();
        if (key.HasExpired(now)) return null;
        var owner = key.Owner is { } user ? await directory.FindOwnerAsync(user, Context.RequestAborted) : null;
        // Who may not sign in any more may not come by a key either.
        if (key.Owner is not null && owner is null) return null;
        lastUse.Note(key.Id, now);
        return key.AsActor(owner?.Name);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        var isWrong = Request.Headers.Authorization.Count > 0;
        if (isWrong && failures.Count(CalledFrom.Of(Context).Address) is { } wait)
        {
            denied.Note(null, Context, StatusCodes.Status429TooManyRequests);
            await new Problem(ProblemKind.TooMany, "Too many wrong keys came from this address.", retryAfterSeconds: wait).ExecuteAsync(Context);
            return;
        }

        if (isWrong) denied.Note(null, Context, StatusCodes.Status401Unauthorized);
        await new Problem(ProblemKind.NotAuthenticated, "Send 'Authorization: Bearer' and a key.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scope = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope;
        Response.Headers.WWWAuthenticate = $"{SchemeName} error=\"insufficient_scope\"";
        denied.Note(Context.User.Actor(), Context, StatusCodes.Status403Forbidden);
        return new Problem(ProblemKind.ScopeMissing, $"This needs a key with the scope '{scope}'.").ExecuteAsync(Context);
    }
}
