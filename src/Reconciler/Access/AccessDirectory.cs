using System.Collections.Frozen;
using Npgsql;
using Reconciler.Access.Keys;
using Reconciler.Access.Sessions;
using Reconciler.Access.Users;

namespace Reconciler.Access;

/// <summary>
/// All keys, users and ended sessions that decide who gets in, in memory. A change made here is seen at once. One made by another node
/// is seen within <see cref="StaleAfter"/>, or nobody gets in here: who could not look for so long looks first, and answers 503 where
/// the database does not tell.
/// </summary>
public sealed partial class AccessDirectory(NpgsqlDataSource database, TimeProvider clock, ILogger<AccessDirectory> log) : BackgroundService
{
    /// <summary>How often this node looks whether something changed: one row is read.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    /// <summary>How old what is known may be before a caller has to wait for a look.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(4);

    private const int LookSecondsMax = 3;

    private readonly SemaphoreSlim refreshing = new(1);
    private volatile Snapshot current = Snapshot.Empty;
    private long lookedAt;

    public async ValueTask<ApiKey?> FindKeyAsync(byte[] digest, CancellationToken cancellation) =>
        (await CurrentAsync(cancellation)).KeysByDigest.GetValueOrDefault(Convert.ToHexString(digest));

    /// <summary>The user whose key it is or may become; null where there is none, or one who may not sign in any more.</summary>
    internal async ValueTask<User?> FindOwnerAsync(Guid owner, CancellationToken cancellation) =>
        (await CurrentAsync(cancellation)).Users.TryGetValue(owner, out var user) && user.DisabledAt is null ? user : null;

    /// <summary>The user of a session that still holds; null where it was ended, or the user is no more what it was then.</summary>
    internal async ValueTask<User?> FindUserAsync(SessionTicket session, CancellationToken cancellation)
    {
        var known = await CurrentAsync(cancellation);
        return !known.EndedSessions.Contains(session.Id) && known.Users.TryGetValue(session.User, out var user)
            && user.DisabledAt is null && user.Stamp == session.Stamp
                ? user
                : null;
    }

    /// <summary>Takes up whatever has changed; after it returns, what was committed before the call is in use.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await refreshing.WaitAsync(cancellation);
        try
        {
            await LookAsync(cancellation);
        }
        finally
        {
            refreshing.Release();
        }
    }

    private async ValueTask<Snapshot> CurrentAsync(CancellationToken cancellation)
    {
        if (!IsStale) return current;
        await refreshing.WaitAsync(cancellation);
        try
        {
            // Whoever waited here may find that another has looked meanwhile.
            if (IsStale) await LookAsync(cancellation);
            return current;
        }
        finally
        {
            refreshing.Release();
        }
    }

    private bool IsStale => Volatile.Read(ref lookedAt) is var at && (at == 0 || clock.GetElapsedTime(at) > StaleAfter);

    private async Task LookAsync(CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var head = new NpgsqlCommand("select revision from reconciler.access_head", connection) { CommandTimeout = LookSecondsMax };
        // The number before the rows: rows that are newer than it are read once more, and never too old.
        var revision = (long)(await head.ExecuteScalarAsync(cancellation))!;
        if (revision != current.Revision)
        {
            current = new Snapshot(
                revision,
                (await ApiKeyRows.InUseAsync(connection, cancellation)).ToFrozenDictionary(row => Convert.ToHexString(row.Digest), row => row.Key, StringComparer.Ordinal),
                (await UserRows.AllAsync(connection, cancellation)).ToFrozenDictionary(user => user.Id),
                (await EndedSessions.AllAsync(connection, cancellation)).ToFrozenSet());
        }

        Volatile.Write(ref lookedAt, began);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, clock);
        var isAway = false;
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
                isAway = false;
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                // Told once: it is tried again every two seconds, and by whoever calls.
                if (!isAway) Unreadable(log, away.Message);
                isAway = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override void Dispose()
    {
        base.Dispose();
        refreshing.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Keys and users cannot be read, callers are answered 503: {Trouble}")]
    private static partial void Unreadable(ILogger log, string trouble);

    private sealed record Snapshot(
        long Revision, FrozenDictionary<string, ApiKey> KeysByDigest, FrozenDictionary<Guid, User> Users, FrozenSet<Guid> EndedSessions)
    {
        public static Snapshot Empty { get; } =
            new(-1, FrozenDictionary<string, ApiKey>.Empty, FrozenDictionary<Guid, User>.Empty, FrozenSet<Guid>.Empty);
    }
}
