using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages.Payouts;

/// <summary>A payout as it stands, and why.</summary>
public sealed class Now
{
    private Now(KeptPayout kept, Installation installation) =>
        (Kept, Why, Answer) = (kept, Core.Why.Of(kept.Payout, kept.Derived), PayoutAnswer.Of(kept, installation));

    internal KeptPayout Kept { get; }

    public PayoutId Id => Kept.Payout.Id;

    public PayoutAnswer Answer { get; }

    public Why Why { get; }

    public string Next => Why.Next(Kept.Payout, Kept.Derived, Kept.NextPollAt);

    /// <summary>The payout that the request's path names; null where there is none.</summary>
    internal static async Task<Now?> FindAsync(NpgsqlDataSource database, Installation installation, Reader reader, CancellationToken cancellation) =>
        IdOf(reader) is { } id && await KeptPayout.FindAsync(database, id, cancellation) is { } kept ? new Now(kept, installation) : null;

    /// <summary>Null where the path names none, or one that does not exist for the reader.</summary>
    // By the route's own values: whoever hands them on decodes some of what was encoded.
    internal static PayoutId? IdOf(Reader reader) =>
        reader.Http.Request.RouteValues is { } values && values["Connection"] is string connection && values["Id"] is string id
        && PayoutPaths.IdOf(connection, id) is { } payout && reader.Sees.Allow(payout.Connection) ? payout : null;
}
