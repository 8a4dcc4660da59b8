namespace Reconciler.Ledger.Broker;

/// <summary>
/// What was published on one channel, and up to where all of it is confirmed. The broker numbers a channel's messages from 1 on, and
/// positions are dense: number n is the position <c>start + n</c>. Confirms come in any order, alone or for all up to one.
/// </summary>
/// <param name="start">The position before the first one that is published.</param>
internal sealed class ConfirmWindow(long start)
{
    private readonly long before = start;
    private readonly HashSet<long> early = [];

    /// <summary>The highest position published.</summary>
    public long Sent { get; private set; } = start;

    /// <summary>Every position up to this one is confirmed.</summary>
    public long Confirmed { get; private set; } = start;

    public int Outstanding => checked((int)(Sent - Confirmed)) - early.Count;

    /// <summary>The position that is published next, which must be the one after the last.</summary>
    public void Add(long position) =>
        Sent = position == Sent + 1 ? position : throw new InvalidOperationException($"Position {position} cannot follow {Sent}.");

    /// <summary>True where <see cref="Confirmed"/> moved.</summary>
    /// <param name="number">As the broker counts; 0 together with <paramref name="multiple"/> means everything.</param>
    public bool Confirm(ulong number, bool multiple)
    {
        var position = number == 0 && multiple ? Sent : before + checked((long)number);
        if (position > Sent || (number == 0 && !multiple)) throw new InvalidOperationException($"The broker confirmed message {number}, which was not sent.");
        if (position <= Confirmed) return false;
        var earlier = Confirmed;
        if (multiple)
        {
            early.RemoveWhere(one => one <= position);
            Confirmed = position;
        }
        else
        {
            early.Add(position);
        }

        while (early.Remove(Confirmed + 1)) Confirmed++;
        return Confirmed > earlier;
    }
}
