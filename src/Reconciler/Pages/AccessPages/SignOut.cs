using Microsoft.AspNetCore.Authentication;
using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Access.Sessions;

namespace Reconciler.Pages.AccessPages;

/// <summary>Ends the session here and for every copy of its cookie.</summary>
internal static class SignOut
{
    internal static async Task<IResult> HandleAsync(
        HttpContext context, NpgsqlDataSource database, AccessDirectory directory, AuditLog audit, TimeProvider clock, CancellationToken cancellation)
    {
        var actor = context.Actor();
        if (SessionTicket.Of(context.User) is { } session)
        {
            await using var writing = await AccessWriting.BeginAsync(database, cancellation);
            await EndedSessions.AddAsync(writing, session.Id, clock.GetUtcNow(), cancellation);
            await audit.RecordAsync(writing.Connection, actor, "session.ended", actor.Reference, null, null, null, cancellation);
            await writing.CommitAsync(cancellation);
            await directory.RefreshAsync(cancellation);
        }

        await context.SignOutAsync(SessionCookie.SchemeName);
        return Results.LocalRedirect(SessionCookie.SignInPath);
    }
}
