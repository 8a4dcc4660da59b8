using System.Data;
using Npgsql;
using Reconciler.Bookkeeping;

namespace Reconciler.Verifying;

/// <summary>
/// Reads the whole database, page by page in bounded memory, and tells what is not as it must be: streams and feed dense, each payout's
/// row the fold of its stream, each case as the stream says, the book as the feed says. It changes nothing but to bring the book up to
/// date, and may run while the service does: each page is one snapshot.
/// </summary>
public sealed class Verification(NpgsqlDataSource database, TimeProvider clock)
{
    private const int StuckPassesMax = 3;

    private readonly Book book = new(database, clock);

    /// <param name="tell">Gets the first thousand findings as they come.</param>
    /// <param name="progress">Gets a line now and then.</param>
    /// <returns>How many findings there are.</returns>
    public async Task<long> RunAsync(Action<Finding> tell, Action<string> progress, CancellationToken cancellation)
    {
        var findings = new Findings(tell);
        await CatchUpAsync(findings, progress, cancellation);
        await PayoutsAsync(findings, progress, cancellation);
        await FeedAsync(findings, progress, cancellation);
        progress("The book's sums.");
        await BookSums.CheckAsync(database, findings, cancellation);
        progress("Closed periods.");
        await FrozenPeriods.CheckAsync(database, book, clock, findings, cancellation);
        return findings.Count;
    }

    // Where the feed's head lies beyond its last change, the book never gets there: that is told, and the rest is checked.
    private async Task CatchUpAsync(Findings findings, Action<string> progress, CancellationToken cancellation)
    {
        var passes = 0;
        for (BookState? before = null, state = null; state is not { IsWhole: true }; before = state ?? before)
        {
            state = await book.KeepAsync(seal: null, cancellation);
            progress($"The book is brought up to date: position {book.Position}.");
            if (state is { IsWhole: false } && before?.Position == state.Position && ++passes > StuckPassesMax)
            {
                findings.Add("feed", $"position {state.Position + 1}", "the feed's head lies beyond it, and there is no such change");
                return;
            }
        }
    }

    private async Task PayoutsAsync(Findings findings, Action<string> progress, CancellationToken cancellation)
    {
        var (after, checkedPayouts) = ("", 0L);
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var page = await StreamPage.ReadAsync(connection, after, cancellation);
            if (page.Ids.Count == 0) return;
            foreach (var id in page.Ids) StreamCheck.Of(page, id, findings);
            checkedPayouts += page.Ids.Count;
            after = page.Ids[^1];
            if (page.Ids.Count == StreamPage.StreamsMax || checkedPayouts <= StreamPage.StreamsMax) progress($"Payouts: {checkedPayouts}.");
        }
    }

    private async Task FeedAsync(Findings findings, Action<string> progress, CancellationToken cancellation)
    {
        var feed = new FeedWalk(findings);
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            if (!await feed.NextAsync(connection, cancellation)) return;
            progress($"Feed: position {feed.Position}.");
        }
    }
}
