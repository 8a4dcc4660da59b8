using System.Diagnostics;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Bookkeeping;

/// <summary>
/// The book of all payouts' moves, kept from the feed. Any node may keep it; whoever asks for what it does not hold yet keeps it
/// themselves first.
/// </summary>
public sealed class Book(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(20);

    private const string Progress = "select position, moves, known_at, sealed_at from reconciler.book_progress";

    // Served by payout_moves_by_time.
    private const string LastMoveAt = """
        select number, position from reconciler.payout_moves where known_at <= $1 order by known_at desc, number desc limit 1
        """;

    private long position;

    /// <summary>The feed's position that the book has reached, as this node saw it last.</summary>
    public long Position => Interlocked.Read(ref position);

    /// <summary>One pass.</summary>
    /// <param name="seal">Null: nobody is told anything.</param>
    /// <returns>Null where another keeper is at it.</returns>
    internal async Task<BookState?> KeepAsync(DateTimeOffset? seal, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var state = await new BookPass(connection, clock.GetUtcNow().ToMicrosecond()).RunAsync(seal, cancellation);
        if (state is not null) Interlocked.Exchange(ref position, state.Position);
        return state;
    }

    /// <summary>Keeps the book until it holds all that was committed when this was called.</summary>
    /// <exception cref="BookBehind">It is too far behind to wait for.</exception>
    internal Task<BookState> CatchUpAsync(CancellationToken cancellation) => CatchUpAsync(seal: null, cancellation);

    /// <summary>
    /// The last move that was known at a time. The same for ever once it was told: what is booked later counts as known later.
    /// </summary>
    /// <param name="at">Not after now.</param>
    /// <exception cref="BookBehind">The book is too far behind to wait for.</exception>
    internal async Task<KnownMoment> MomentAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        if (at > clock.GetUtcNow()) throw new ArgumentOutOfRangeException(nameof(at), at, "What will be known cannot be told.");
        var state = await ReadAsync(cancellation);
        if (at >= state.KnownAt && at > state.SealedAt) await CatchUpAsync(at, cancellation);
        await using var command = database.CreateCommand(LastMoveAt);
        command.Parameters.Add(new NpgsqlParameter { Value = at });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new KnownMoment(at, row.GetInt64(0), row.GetInt64(1)) : new KnownMoment(at, 0, 0);
    }

    internal async Task<BookState> ReadAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Progress);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) throw new UnreachableException("The book has a row for its progress.");
        var state = new BookState(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), IsWhole: false);
        Interlocked.Exchange(ref position, state.Position);
        return state;
    }

    private async Task<BookState> CatchUpAsync(DateTimeOffset? seal, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var state = await KeepAsync(seal, cancellation);
            if (state is { IsWhole: true }) return state;
            if (clock.GetElapsedTime(started) > PatienceMax) throw new BookBehind();
            if (state is null) await Task.Delay(BusyWait, clock, cancellation);
        }
    }
}

/// <summary>A time, and what it means in the book.</summary>
/// <param name="Move">The number of the last move that was known then; 0 where none was.</param>
/// <param name="Position">Of that move, in the feed.</param>
internal readonly record struct KnownMoment(DateTimeOffset At, long Move, long Position);

/// <summary>The book has more to catch up with than a caller should wait for: after a long time without any node, or under a flood.</summary>
public sealed class BookBehind() : Exception("The book is being brought up to date. Ask again in a while.")
{
    /// <summary>What callers are told to wait before they try again.</summary>
    public const int RetryAfterSeconds = 10;
}
