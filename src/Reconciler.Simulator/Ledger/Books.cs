using Reconciler.Client;

namespace Reconciler.Simulator.Ledger;

/// <summary>How a payout stands in the books.</summary>
/// <param name="Amount">Booked where the status is succeeded; null where the feed named none.</param>
public sealed record Entry(long StatusVersion, PayoutStatus Status, decimal? Amount, string? Currency)
{
    public bool IsBooked => Status == PayoutStatus.Succeeded;
}

/// <summary>The books of a ledger that knows the feed and nothing else: the highest status version of each payout counts.</summary>
public sealed class Books
{
    private readonly Dictionary<string, Entry> _entries = [];

    public IReadOnlyDictionary<string, Entry> Entries => _entries;

    /// <summary>Takes a change; one that was taken, or is older than one that was, changes nothing.</summary>
    public void Take(Change change)
    {
        if (change.Kind != ChangeKind.StatusChanged || change.To is not { } to)
        {
            return;
        }

        if (_entries.TryGetValue(change.Payout, out var known) && known.StatusVersion >= change.StatusVersion)
        {
            return;
        }

        _entries[change.Payout] = new Entry(change.StatusVersion, to, change.Amount, change.Currency);
    }
}
