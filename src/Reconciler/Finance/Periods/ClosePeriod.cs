using Reconciler.Access;
using Reconciler.Bookkeeping;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Periods;

/// <summary>Closes a day or a month of one connection, once.</summary>
internal sealed class ClosePeriod(ClosedPeriods periods, ConnectionRegistry connections, TimeProvider clock)
{
    // What was observed in the period's last moment may still be on its way to the database.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>From when on a period can be closed.</summary>
    internal static DateTimeOffset ClosableFrom(Period period) => period.End + Grace;

    /// <returns>The closed period, or why it cannot be closed.</returns>
    internal async Task<(PeriodAnswer? Closed, Problem? Problem)> CloseAsync(string connection, string period, Actor actor, CancellationToken cancellation)
    {
        if (!Period.TryParse(period, out var asked)) return (null, Problem.Invalid("period", "It is a day or a month in UTC: 2026-11-03, 2026-11."));
        if (!ConnectionKey.TryParse(connection, out var key) || !actor.Connections.Allow(key) || connections.Find(connection) is null)
            return (null, new Problem(ProblemKind.ConnectionUnknown, $"There is no connection {connection}."));
        if (clock.GetUtcNow() < ClosableFrom(asked))
            return (null, new Problem(
                ProblemKind.PeriodNotOver, $"{period} can be closed from {InstantConverter.Text(ClosableFrom(asked))} on: until then payouts may come to be in it."));
        try
        {
            if (await periods.CloseAsync(key, asked, actor, cancellation) is { } closed) return (closed, null);
        }
        catch (BookBehind behind)
        {
            return (null, Problem.Unavailable(behind.Message, BookBehind.RetryAfterSeconds));
        }

        var before = await periods.FindAsync(key, asked, cancellation);
        return (null, new Problem(
            ProblemKind.PeriodClosed, $"{period} of {connection} was closed at {Csv.Text(before?.ClosedAt)} by {before?.ClosedBy}. Read it with GET."));
    }

    internal static async Task<IResult> HandleAsync(
        string connection, string period, HttpContext context, ClosePeriod close, CancellationToken cancellation)
    {
        var (closed, problem) = await close.CloseAsync(connection, period, context.Actor(), cancellation);
        return closed is null ? problem! : TypedResults.Created($"/v1/periods/{closed.Connection}/{closed.Period}", closed);
    }
}
