using System.Collections.Frozen;

namespace Reconciler.Core;

/// <summary>How long a case of each kind may wait for people.</summary>
/// <param name="changed">What differs from <see cref="Usual"/>.</param>
public sealed class CaseDeadlines(IReadOnlyDictionary<DiscrepancyKind, TimeSpan> changed)
{
    private readonly FrozenDictionary<DiscrepancyKind, TimeSpan> byKind =
        Enum.GetValues<DiscrepancyKind>().ToFrozenDictionary(kind => kind, kind => changed.TryGetValue(kind, out var span) ? span : Usual(kind));

    public static CaseDeadlines Default { get; } = new(new Dictionary<DiscrepancyKind, TimeSpan>());

    public TimeSpan Of(DiscrepancyKind kind) => byKind[kind];

    public DateTimeOffset DueAt(DiscrepancyKind kind, DateTimeOffset openedAt) =>
        DateTimeOffset.MaxValue - openedAt > byKind[kind] ? openedAt + byKind[kind] : DateTimeOffset.MaxValue;

    /// <summary>Where money may have gone to the wrong place, or may be sent twice, within the working day; what an engineer has to mend, later.</summary>
    private static TimeSpan Usual(DiscrepancyKind kind) => kind switch
    {
        DiscrepancyKind.Contradiction or DiscrepancyKind.Reversal or DiscrepancyKind.RecipientMismatch => TimeSpan.FromHours(4),
        DiscrepancyKind.AmountMismatch or DiscrepancyKind.CurrencyMismatch or DiscrepancyKind.UnexpectedPayout
            or DiscrepancyKind.NotFound or DiscrepancyKind.Overdue => TimeSpan.FromDays(1),
        DiscrepancyKind.UnrecognisedStatus or DiscrepancyKind.AlteredDelivery => TimeSpan.FromDays(3),
    };
}
