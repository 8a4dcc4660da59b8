namespace Reconciler.Client;

/// <summary>How the feed is read. The defaults suit a ledger.</summary>
public sealed record FeedOptions
{
    public const int PageSizeMax = 1_000;
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    public FeedTransport Transport { get; init; } = FeedTransport.Pull;

    /// <summary>Only changes of these connections; all where null. Name them where your key may see no others: positions have holes then.</summary>
    public IReadOnlyCollection<string>? Connections { get; init; }

    /// <summary>Only changes of these kinds; all where null. Without any filter the reader sees to it that no position is missing.</summary>
    public IReadOnlyCollection<ChangeKind>? Kinds { get; init; }

    /// <summary>Changes in one answer at most, 1 to <see cref="PageSizeMax"/>.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How long the service holds a request while nothing changes, up to <see cref="WaitMax"/>. A change ends it at once.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an answer, beyond <see cref="Wait"/>, or the silence of a stream may last before it is given up and tried anew.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>The pause after a first fault; it doubles with each further one, with jitter.</summary>
    public TimeSpan PauseShortest { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause between attempts, but for what the service asks for by <c>Retry-After</c>.</summary>
    public TimeSpan PauseLongest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Called when all up to a position was taken, which is: when you asked for what comes behind it. Keep it durably, and give it to the
    /// next read. Not needed where you keep <see cref="Change.At"/> in the transaction that books.
    /// </summary>
    public Func<FeedPosition, CancellationToken, ValueTask>? Checkpoint { get; init; }

    /// <summary>Told of each fault that is tried again; for your log.</summary>
    public Action<FeedTrouble>? Trouble { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal bool IsFiltered => Connections is not null || Kinds is not null;

    /// <summary>Of a query: <c>&amp;connection=…&amp;kind=…</c>.</summary>
    internal string FilterQuery => string.Concat(
        (Connections ?? []).Select(key => $"&connection={Uri.EscapeDataString(key)}")
            .Concat((Kinds ?? []).Select(kind => $"&kind={Uri.EscapeDataString(kind.Word)}")));

    internal void Check()
    {
        if (Connections?.Count == 0 || Kinds?.Count == 0) throw new ArgumentException("A filter that lets nothing through is none: leave it null.");
        ArgumentOutOfRangeException.ThrowIfLessThan(PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PageSize, PageSizeMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(Wait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Wait, WaitMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Patience, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PauseShortest, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(PauseLongest, PauseShortest);
    }
}

/// <summary>A fault that is tried again.</summary>
/// <param name="Attempt">1 for the first in a row.</param>
/// <param name="Pause">How long until the next attempt.</param>
public sealed record FeedTrouble(Exception Fault, int Attempt, TimeSpan Pause);
