using Reconciler.Client;
using Reconciler.Simulator.Demo;

namespace Reconciler.Simulator.Ledger;

/// <summary>What the subscriber knows at a moment.</summary>
/// <param name="ReadTo">The position of the last change that it took.</param>
/// <param name="Head">The feed's last position, as last heard; at least <paramref name="ReadTo"/>.</param>
/// <param name="LagMedian">From the service's storing a change to seeing it here.</param>
public sealed record LedgerState(
    IReadOnlyDictionary<string, Entry> Entries, long ReadTo, long Head, TimeSpan? LagMedian, TimeSpan? LagWorst, string Note);

/// <summary>
/// The demonstration's ledger: it reads the change feed as a user's would, with the same client, and keeps books that are then compared
/// with what really became of the payouts. It never asks the service for a payout.
/// </summary>
public sealed class LedgerSubscriber : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Books _books = new();
    private readonly FeedLag _lag = new();
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly ChangeFeed _feed;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FeedPosition _at;
    private long _head;
    private string _note = "";

    public LedgerSubscriber(DemoSettings settings, TimeProvider clock)
    {
        _clock = clock;
        _http = new HttpClient { BaseAddress = new Uri(settings.Service.AbsoluteUri.TrimEnd('/') + "/") };
        if (settings.Key is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        _feed = new ChangeFeed(_http, new FeedOptions
        {
            Clock = clock,
            PauseLongest = TimeSpan.FromSeconds(5),
            Trouble = trouble => Say($"The feed, tried again in {trouble.Pause.TotalSeconds:0.0} s: {trouble.Fault.Message}"),
        });
    }

    /// <summary>Ends when the place to begin at is known, or never will be: payouts of before are nothing to these books.</summary>
    public Task Begun => _begun.Task;

    public LedgerState State
    {
        get
        {
            lock (_gate)
            {
                return new LedgerState(
                    new Dictionary<string, Entry>(_books.Entries), _at.Position, Math.Max(_head, _at.Position), _lag.Within(50), _lag.Within(99), _note);
            }
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            _at = await EndAsync(stopping);
            _begun.TrySetResult();
            await foreach (var page in _feed.ReadPagesAsync(_at, stopping))
            {
                Take(page);
            }
        }
        catch (Exception fault) when (fault is ReconcilerProblem or FeedGap or ChangeUnreadable)
        {
            Say($"The ledger has stopped: {fault.Message}");
        }
        finally
        {
            _begun.TrySetResult();
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<FeedPosition> EndAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var page = await _feed.ReadPageAsync(FeedPosition.Start, stopping);
                return page.Next with { Position = page.Head ?? 0 };
            }
            catch (Exception fault) when (fault is ReconcilerProblem { MayPass: true } || DemoLinks.MayPass(fault, stopping))
            {
                Say($"The feed: {fault.Message}");
                await Task.Delay(Pause, _clock, stopping);
            }
        }
    }

    private void Take(ChangePage page)
    {
        var now = _clock.GetUtcNow();
        lock (_gate)
        {
            foreach (var change in page.Changes)
            {
                _books.Take(change);
                _lag.Add(now - change.RecordedAt);
            }

            (_at, _head, _note) = (page.Next, page.Head ?? page.Next.Position, "");
        }
    }

    private void Say(string note)
    {
        lock (_gate)
        {
            _note = note;
        }
    }
}
