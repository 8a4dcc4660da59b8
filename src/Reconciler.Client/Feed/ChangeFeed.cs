using System.Runtime.CompilerServices;

namespace Reconciler.Client;

/// <summary>
/// Reads the change feed: every change at least once, in order, without a gap, through restarts and faults of the service, until cancelled.
/// One instance may be read from several places; each read goes its own way.
/// </summary>
public sealed class ChangeFeed
{
    /// <summary>A gap is read again, since a cache or a proxy may have mixed answers; one that stays is thrown.</summary>
    private const int GapReadsMax = 4;

    private readonly HttpClient http;
    private readonly FeedOptions options;

    /// <param name="http">
    /// Its base address is the service's, and it sends <c>Authorization: Bearer</c> with a key of the scope <c>ledger:read</c>.
    /// </param>
    /// <exception cref="ArgumentException">There is no base address, or an option is out of its range.</exception>
    public ChangeFeed(HttpClient http, FeedOptions? options = null)
    {
        (this.http, this.options) = (http.Addressed(), options ?? new FeedOptions());
        this.options.Check();
    }

    /// <summary>The changes behind a position, one by one, and then each new one as it comes.</summary>
    /// <param name="from">What was kept with the last booked change; <see cref="FeedPosition.Start"/> for all.</param>
    /// <exception cref="FeedHistoryChanged">The service has another history than the position.</exception>
    /// <exception cref="PositionBeyondHead">The feed ends before the position.</exception>
    /// <exception cref="FeedGap">Positions are missing, and stay so.</exception>
    /// <exception cref="ChangeUnreadable">This version cannot read a change exactly.</exception>
    /// <exception cref="ReconcilerProblem">The service refuses for good: the key, the scope, the address.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<Change> ReadAsync(FeedPosition from, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var page in PagesAsync(from, cancellation))
        {
            foreach (var change in page.Changes)
            {
                yield return change;
                await CheckpointAsync(change.At, cancellation);
            }

            // Beyond the last one a filter may have passed over others.
            if (page.Changes is not [.., { } last] || last.Position < page.Next.Position) await CheckpointAsync(page.Next, cancellation);
        }
    }

    /// <summary>The same in pages, for books that take many changes in one transaction. Only with a filter may a page be empty.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async IAsyncEnumerable<ChangePage> ReadPagesAsync(FeedPosition from, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var page in PagesAsync(from, cancellation))
        {
            yield return page;
            await CheckpointAsync(page.Next, cancellation);
        }
    }

    /// <summary>One page, asked for once and without waiting: an empty one at the feed's end. Faults are thrown as they are.</summary>
    public Task<ChangePage> ReadPageAsync(FeedPosition after, CancellationToken cancellation = default) =>
        new PullSource(http, options).ReadAsync(after, TimeSpan.Zero, cancellation);

    private async IAsyncEnumerable<ChangePage> PagesAsync(FeedPosition from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IFeedSource source = options.Transport == FeedTransport.Stream ? new StreamSource(http, options) : new PullSource(http, options);
        var backoff = new Backoff(options.PauseShortest, options.PauseLongest);
        var (at, gapReads) = (from, 0);
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                ChangePage? page = null;
                try
                {
                    page = Behind(at, await source.NextAsync(at, cancellation));
                    (gapReads, at) = (0, at with { Epoch = page.Next.Epoch });
                    backoff.Reset();
                }
                catch (Exception fault) when (Faults.MayPass(fault, cancellation) || fault is FeedGap && ++gapReads < GapReadsMax)
                {
                    source.Close();
                    await PauseAsync(backoff, fault, cancellation);
                }

                if (page is null || page.Next.Position == at.Position) continue;
                yield return page;
                at = page.Next;
            }
        }
        finally
        {
            source.Close();
        }
    }

    /// <summary>What of a page lies behind a position. Nothing is given out behind a gap.</summary>
    private ChangePage Behind(FeedPosition at, ChangePage page)
    {
        var fresh = page.Changes.SkipWhile(change => change.Position <= at.Position).ToList();
        if (fresh.Count == 0 && page.Changes.Count > 0) throw new StrangeAnswer("The service gave again what was read, and nothing else.");
        var last = at.Position;
        foreach (var change in fresh)
        {
            if (options.IsFiltered ? change.Position <= last : change.Position != last + 1) throw new FeedGap(last + 1, change.Position);
            last = change.Position;
        }

        if (!options.IsFiltered && page.Next.Position > last) throw new FeedGap(last + 1, page.Next.Position);
        return page with { Changes = fresh, Next = page.Next with { Position = Math.Max(last, page.Next.Position) } };
    }

    private async Task PauseAsync(Backoff backoff, Exception fault, CancellationToken cancellation)
    {
        var pause = backoff.Next(fault);
        options.Trouble?.Invoke(new FeedTrouble(fault, backoff.Attempt, pause));
        await Task.Delay(pause, options.Clock, cancellation);
    }

    private ValueTask CheckpointAsync(FeedPosition at, CancellationToken cancellation) =>
        options.Checkpoint?.Invoke(at, cancellation) ?? ValueTask.CompletedTask;
}
