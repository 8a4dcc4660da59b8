using System.Security.Claims;
using Claim = System.Security.Claims.Claim;

namespace Reconciler.Access.Sessions;

/// <summary>What the cookie says, sealed: whose session it is and since when. What its user may do is looked up at each request.</summary>
/// <param name="Stamp">The user's when the session began: where the user has another now, the session is over.</param>
internal sealed record SessionTicket(Guid Id, Guid User, Guid Stamp, DateTimeOffset BeganAt)
{
    private const string SessionClaim = "session";
    private const string StampClaim = "stamp";
    private const string BeganClaim = "began";

    public ClaimsPrincipal Principal() => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, User.ToString()),
            new Claim(SessionClaim, Id.ToString()),
            new Claim(StampClaim, Stamp.ToString()),
            new Claim(BeganClaim, BeganAt.ToString("O")),
        ],
        SessionCookie.SchemeName));

    /// <summary>Null where it is none of ours.</summary>
    public static SessionTicket? Of(ClaimsPrincipal? principal) =>
        Guid.TryParse(principal?.FindFirstValue(SessionClaim), out var id)
        && Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var user)
        && Guid.TryParse(principal.FindFirstValue(StampClaim), out var stamp)
        && DateTimeOffset.TryParseExact(principal.FindFirstValue(BeganClaim), "O", null, System.Globalization.DateTimeStyles.None, out var began)
            ? new SessionTicket(id, user, stamp, began)
            : null;
}
