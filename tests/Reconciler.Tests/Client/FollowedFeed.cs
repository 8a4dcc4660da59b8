using Reconciler.Client;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Client;

/// <summary>A reader of the feed that takes all that comes, until it is disposed.</summary>
internal sealed class FollowedFeed : IAsyncDisposable
{
    private readonly CancellationTokenSource enough = new();
    private readonly HttpClient http;
    private readonly List<Change> taken = [];
    private readonly TimeSpan pace;
    private int troubles;
    private bool isDisposed;

    public FollowedFeed(
        Uri service, FeedTransport transport, FeedPosition from = default, TimeSpan pace = default, TimeSpan? wait = null, string key = ServiceHost.AdminKey)
    {
        this.pace = pace;
        http = new HttpClient { BaseAddress = service };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var feed = new ChangeFeed(http, new FeedOptions
        {
            Transport = transport,
            PageSize = 50,
            Wait = wait ?? TimeSpan.FromSeconds(2),
            PauseShortest = TimeSpan.FromMilliseconds(10),
            PauseLongest = TimeSpan.FromMilliseconds(200),
            Trouble = _ => Interlocked.Increment(ref troubles),
            Checkpoint = (at, _) =>
            {
                Kept = at;
                return ValueTask.CompletedTask;
            },
        });
        Ended = ReadAsync(feed, from);
    }

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<Change> Taken
    {
        get
        {
            lock (taken) return [.. taken];
        }
    }

    public FeedPosition Kept { get; private set; }

    public int Troubles => Volatile.Read(ref troubles);

    /// <summary>The read: it ends by being cancelled, or with what is wrong.</summary>
    public Task Ended { get; }

    public Task HasAsync(int count) => Eventually.TrueAsync(
        async () =>
        {
            if (Ended.IsCompleted) await Ended;
            return Taken.Count >= count;
        },
        $"There are no {count} changes.");

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        await enough.CancelAsync();
        await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        enough.Dispose();
    }

    private async Task ReadAsync(ChangeFeed feed, FeedPosition from)
    {
        await foreach (var change in feed.ReadAsync(from, enough.Token))
        {
            lock (taken) taken.Add(change);
            if (pace > TimeSpan.Zero) await Task.Delay(pace, TimeProvider.System, enough.Token);
        }
    }
}
