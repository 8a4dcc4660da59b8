using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Core;

/// <summary>What a payout became, and the events to append: what happened, and right after it all that follows from it.</summary>
public sealed record Decided(Payout Payout, ImmutableArray<PayoutEvent> Events);

/// <summary>One happening's consequences. Pure: the shell loads the payout, calls this, and stores what it returns.</summary>
public static class Decisions
{
    /// <exception cref="ArgumentException">People cannot decide that a payout is not final: nothing would ask about it any more.</exception>
    public static Decided On(Payout? payout, PayoutEvent happened)
    {
        if (happened is ResolutionProposed { Outcome: { } proposed } && !proposed.IsFinal()
            || happened is ResolutionApproved { Outcome: { } approved } && !approved.IsFinal())
            throw new ArgumentException("A resolution's outcome is a final status.", nameof(happened));
        var events = ImmutableArray.CreateBuilder<PayoutEvent>(initialCapacity: 2);
        var state = Append(payout, happened);
        var derived = Derivation.Derive(state);
        if (derived.Status != state.Status) state = Append(state, Move(state, derived, happened.ObservedAt));
        state = Cases(state, derived, happened);
        return new Decided(state, events.ToImmutable());

        Payout Append(Payout? before, PayoutEvent next)
        {
            events.Add(next);
            return Payout.Evolve(before, next);
        }

        Payout Cases(Payout before, Derived by, PayoutEvent cause)
        {
            var found = Discrepancies.Of(before, by);
            if (found.IsEmpty && before.Cases.IsEmpty) return before;
            var (after, at) = (before, cause.ObservedAt);
            foreach (var gone in before.OpenCases.Where(known => found.All(one => one.Kind != known.Kind)))
                after = Append(after, Closed(before.Id, gone, cause));
            foreach (var one in found.Where(one => before.OpenCases.All(known => known.Kind != one.Kind)))
                after = Append(after, new DiscrepancyOpened(before.Id, at, CaseId(after, one.Kind), one.Kind, one.Evidence, one.Detail));
            return after;
        }
    }

    /// <summary>The clock's word that the schedule's deadline passed without a final; for a payout that has no such case yet.</summary>
    public static DiscrepancyOpened Overdue(Payout payout, DateTimeOffset at) => new(
        payout.Id, at, CaseId(payout, DiscrepancyKind.Overdue), DiscrepancyKind.Overdue, [], Discrepancies.OverdueDetail);

    private static PayoutStatusChanged Move(Payout payout, Derived to, DateTimeOffset at) => new(
        payout.Id, at, payout.Status, to.Status, to.Confidence, to.Rule, payout.StatusVersion + 1, to.Evidence, to.Failure, to.OccurredAt ?? at);

    private static DiscrepancyClosed Closed(PayoutId payout, Case gone, PayoutEvent cause) =>
        cause is ResolutionApproved approved && approved.Settles.Any(settled => settled.Kind == gone.Kind)
            ? new DiscrepancyClosed(payout, cause.ObservedAt, gone.Id, gone.Kind,
                approved.Outcome is null ? "Two people accepted it as it is." : "Two people resolved it.", approved.Resolution)
            : new DiscrepancyClosed(payout, cause.ObservedAt, gone.Id, gone.Kind, Reason(gone.Kind));

    private static string Reason(DiscrepancyKind kind) => kind switch
    {
        DiscrepancyKind.UnexpectedPayout => "It was registered, and agrees.",
        DiscrepancyKind.Overdue => "A final word came.",
        DiscrepancyKind.NotFound => "The provider knows it now.",
        _ => "Later words settled it.",
    };

    // Derived from what it names, so that deciding the same twice, on two nodes, names the same case.
    private static Guid CaseId(Payout payout, DiscrepancyKind kind)
    {
        var opening = payout.Cases.Count(known => known.Kind == kind) + 1;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{payout.Id}\n{kind.Word()}\n{opening}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
