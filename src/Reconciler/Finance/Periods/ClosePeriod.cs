using Reconciler.Access;
using Reconciler.Bookkeeping;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Periods;

/// <summary>Closes a day or a month of one connection, once.</summary>
internal static class ClosePeriod
{
    // What was observed in the period's last moment may still be on its way to the database.
    internal static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    internal static async Task<IResult> HandleAsync(
        string connection, string period, HttpContext context, ClosedPeriods periods, ConnectionRegistry connections, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var asked)) return Problem.Invalid("period", "It is a day or a month in UTC: 2026-11-03, 2026-11.");
        var actor = context.Actor();
        if (!ConnectionKey.TryParse(connection, out var key) || !actor.Connections.Allow(key) || connections.Find(connection) is null)
            return new Problem(ProblemKind.ConnectionUnknown, $"There is no connection {connection}.");
        if (clock.GetUtcNow() < asked.End + Grace)
            return new Problem(ProblemKind.PeriodNotOver, $"{period} can be closed from {InstantConverter.Text(asked.End + Grace)} on: until then payouts may come to be in it.");
        try
        {
            if (await periods.CloseAsync(key, asked, actor, cancellation) is { } closed)
                return TypedResults.Created($"/v1/periods/{key}/{asked.Text}", closed);
        }
        catch (BookBehind behind)
        {
            return Problem.Unavailable(behind.Message, BookBehind.RetryAfterSeconds);
        }

        var before = await periods.FindAsync(key, asked, cancellation);
        return new Problem(ProblemKind.PeriodClosed, $"{period} of {connection} was closed at {Csv.Text(before?.ClosedAt)} by {before?.ClosedBy}. Read it with GET.");
    }
}
