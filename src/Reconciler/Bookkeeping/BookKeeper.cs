using Reconciler.Appending;
using Reconciler.Ledger;

namespace Reconciler.Bookkeeping;

/// <summary>
/// Keeps the book in the background, in larger bites and with rests between them: nothing waits for it, and the append path needs the
/// machine more. Each node tries; the one that holds the progress row's lock does it.
/// </summary>
internal sealed partial class BookKeeper(Book book, FeedWaiter feed, Appender appender, TimeProvider clock, ILogger<BookKeeper> log) : BackgroundService
{
    private static readonly TimeSpan RestMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TroubleWait = TimeSpan.FromSeconds(2);

    // Measured, here and in PostgreSQL together. Not by the clock: on a busy machine that would count the waiting of others as our work,
    // and the book would fall behind just when many read.
    private static readonly TimeSpan CostOfAChange = TimeSpan.FromMicroseconds(65);

    // Of two cores a quarter of one: a book that is behind catches up, and ingest goes on. While senders wait, a twentieth.
    private const int RestFactor = 3;
    private const int BusyRestFactor = 19;

    // What is not booked yet, each query reads from the payouts: beyond so many, and where no sender waits, the keeper hurries.
    private const long BehindMax = 1_000;
    private const int BehindRestFactor = 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var state = await book.KeepAsync(seal: null, stoppingToken);
                var rest = CostOfAChange * (state?.Booked ?? 0) * Factor(state?.Behind > BehindMax, appender.IsBusy);
                await Task.Delay(state is { IsWhole: false } || rest > RestMin ? rest : RestMin, clock, stoppingToken);
                if (state is null) await book.ReadAsync(stoppingToken);
                else if (state.IsWhole) await feed.WaitBeyondAsync(state.Position, LookEvery, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // Whatever it is, the service goes on without: what the book lacks is read from the payouts.
            catch (Exception trouble)
            {
                NotKept(log, trouble, trouble.Message);
                await Task.Delay(TroubleWait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static int Factor(bool isBehind, bool isBusy) => isBusy ? BusyRestFactor : isBehind ? BehindRestFactor : RestFactor;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The book was not kept, queries read what it lacks from the payouts: {Trouble}")]
    private static partial void NotKept(ILogger log, Exception fault, string trouble);
}
