using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Hosting;
using Reconciler.Polling;

namespace Reconciler.Finance;

/// <summary>A person asks the provider now. The provider's budget holds for people, too.</summary>
internal static class PollPayout
{
    internal static async Task<IResult> HandleAsync(
        string connection,
        string id,
        NpgsqlDataSource database,
        Installation installation,
        ConnectionRegistry connections,
        PollNow poll,
        HttpContext context,
        AuditLog audit,
        CancellationToken cancellation)
    {
        if (PayoutPaths.IdOf(connection, id) is not { } payout || await KeptPayout.FindAsync(database, payout, cancellation) is null)
            return GetPayout.Unknown(connection, id);
        if (connections.Find(connection) is not { } open)
            return new Problem(ProblemKind.ConnectionUnknown, $"The connection '{connection}' cannot be used on this node.");
        if (open.IsPaused) return new Problem(ProblemKind.ConnectionPaused, $"'{connection}' is paused: nothing is asked of its provider.");
        var result = await poll.AskAsync(open, payout, cancellation);
        if (result is PollNowResult.Asked) await audit.RecordAsync(context.Actor(), "payout.polled", $"payout:{payout}", cancellation: cancellation);
        return result switch
        {
            PollNowResult.Asked when await KeptPayout.FindAsync(database, payout, cancellation) is { } kept => TypedResults.Ok(PayoutAnswer.Of(kept, installation)),
            PollNowResult.NotYet { Wait: var wait } => new Problem(
                ProblemKind.TooMany,
                "The provider's budget or its own word forbids another request now.",
                retryAfterSeconds: Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))),
            PollNowResult.NotFree => new Problem(ProblemKind.PollInFlight, "The provider is being asked about this payout at this moment."),
            _ => new Problem(ProblemKind.ProviderSilent, "The provider gave no answer that counts. Nothing moved; it is asked again by the schedule."),
        };
    }
}
