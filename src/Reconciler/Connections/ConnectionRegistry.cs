using System.Collections.Frozen;
using System.Collections.Immutable;
using Npgsql;

namespace Reconciler.Connections;

/// <summary>
/// All connections, open and in memory. Reading takes no lock; a change made here is seen at once, one made by another node within
/// <see cref="LookInterval"/>, and while the database is away those of before stay in use.
/// </summary>
public sealed class ConnectionRegistry : BackgroundService
{
    /// <summary>How often this node looks whether another one changed something: one row is read.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ConnectionStore store;
    private readonly TimeProvider clock;
    private readonly ILogger<ConnectionRegistry> logger;
    private readonly Installation installation;
    private readonly ProviderHttp http;
    private readonly ConnectionOpening opening;
    private readonly SemaphoreSlim refreshing = new(1);
    private volatile Snapshot current = Snapshot.Empty;

    public ConnectionRegistry(
        NpgsqlDataSource database, Installation installation, TimeProvider clock, ILogger<ConnectionRegistry> logger, ConnectionsOptions? options = null)
    {
        this.installation = installation;
        http = new ProviderHttp(options?.OutgoingRanges);
        this.clock = clock;
        this.logger = logger;
        store = new ConnectionStore(database, clock);
        opening = new ConnectionOpening(installation, http, clock, logger);
    }

    /// <summary>By key; null when there is no such connection, or it cannot be opened.</summary>
    public OpenConnection? Find(string key) => current.ByKey.TryGetValue(key, out var open) ? open : null;

    /// <summary>The ways out that opened connections use.</summary>
    internal ProviderHttp Http => http;

    /// <summary>As of one moment, by key.</summary>
    public IReadOnlyList<OpenConnection> All => current.All;

    /// <summary>Takes up whatever has changed in the database; after it returns, what was committed before the call is in use.</summary>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        await refreshing.WaitAsync(cancellation);
        try
        {
            // A row may be sealed under a key that came since.
            await installation.RefreshAsync(cancellation);
            // The number before the rows: rows that are newer than it are read once more, and never too old.
            var revision = await store.RevisionAsync(cancellation);
            if (revision != current.Revision) current = Next(revision, await store.AllAsync(cancellation));
        }
        finally
        {
            refreshing.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, clock);
        var isAway = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefreshAsync(stoppingToken);
                if (isAway) ConnectionLog.ReadableAgain(logger, current.Revision);
                isAway = false;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                // Told once: it is tried again every second, and what is in use stays in use.
                if (!isAway) ConnectionLog.Unreadable(logger, current.Revision, away);
                isAway = true;
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        http.Dispose();
        refreshing.Dispose();
    }

    private Snapshot Next(long revision, IReadOnlyList<ConnectionRow> rows)
    {
        var snapshot = Snapshot.Of(revision, rows.Select(KeptOrOpened).OfType<OpenConnection>());
        ConnectionLog.Refreshed(logger, revision, snapshot.All.Length, rows.Count - snapshot.All.Length);
        return snapshot;
    }

    private OpenConnection? KeptOrOpened(ConnectionRow row) =>
        Find(row.Key.ToString()) is { } known && known.Revision == row.Revision ? known : opening.Open(row);

    private sealed record Snapshot(
        long Revision, ImmutableArray<OpenConnection> All, FrozenDictionary<string, OpenConnection> ByKey)
    {
        public static Snapshot Empty { get; } = Of(-1, []);

        public static Snapshot Of(long revision, IEnumerable<OpenConnection> open)
        {
            ImmutableArray<OpenConnection> all = [.. open];
            return new Snapshot(revision, all, all.ToFrozenDictionary(one => one.Settings.Key.ToString(), StringComparer.Ordinal));
        }
    }
}
