using System.Text.Json;
using Npgsql;
using Reconciler.Bookkeeping;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Finance.Periods;

namespace Reconciler.Verifying;

/// <summary>The totals of closed periods against what the book says was known when they were closed.</summary>
internal static class FrozenPeriods
{
    private const string All = $"select {PeriodAnswer.Columns} from reconciler.closed_periods order by connection, period";

    internal static async Task CheckAsync(NpgsqlDataSource database, Book book, TimeProvider clock, Findings findings, CancellationToken cancellation)
    {
        var summaries = new Summaries(database, book, new ReadTurns(clock));
        await using var command = database.CreateCommand(All);
        foreach (var closed in await ClosedPeriods.ReadAsync(command, cancellation))
        {
            var subject = $"{closed.Connection} {closed.Period}";
            if (!Period.TryParse(closed.Period, out var period) || closed.KnownAt > clock.GetUtcNow())
            {
                findings.Add("periods", subject, "it is none, or was closed in the future");
                continue;
            }

            var known = await summaries.ReadAsync(ClosedPeriods.FilterOf(ConnectionKey.Parse(closed.Connection), period, closed.KnownAt), cancellation);
            findings.Same(JsonSerializer.Serialize(known.Rows, JsonShapes.Answered), JsonSerializer.Serialize(closed.Totals, JsonShapes.Answered),
                "periods", subject, "its frozen totals");
            findings.Same(known.Position, closed.Position, "periods", subject, "its position");
        }
    }
}
