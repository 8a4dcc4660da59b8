using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Npgsql;
using Reconciler.Access;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Streams;

namespace Reconciler.Finance.Cases;

/// <summary>One case with all that a person needs to decide on it.</summary>
public sealed class ReadCase(NpgsqlDataSource database, Installation installation, EventReader events, TimeProvider clock)
{
    /// <returns>Null where the caller sees no such case.</returns>
    public async Task<CaseDetails?> FindAsync(Guid id, Actor actor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToMicrosecond();
        if (await CaseAnswer.FindAsync(database, id, now, cancellation) is not { } found || !actor.Connections.Allow(found.Connection)) return null;
        if (await KeptPayout.FindAsync(database, found.PayoutId, cancellation) is not { } kept) return null;
        var proposals = (await ProposalAnswer.OfPayoutAsync(database, found.PayoutId, now, cancellation))[id].Select(one => one.Answer).ToImmutableArray();
        var entries = await CaseEntry.OfAsync(database, id, cancellation);
        return new CaseDetails(found)
        {
            About = PayoutAnswer.Of(kept, installation),
            Why = Core.Why.Of(kept.Payout, kept.Derived).Sentence,
            Next = Core.Why.Next(kept.Payout, kept.Derived, kept.NextPollAt),
            Sides = await SidesAsync(found, cancellation),
            Proposals = proposals,
            Notes = [.. entries.Where(entry => entry.Kind == CaseEntryKind.Noted)],
            History = CaseHistory.Of(found, proposals, entries),
            Choices = CaseChoices.Of(found, actor),
        };
    }

    internal static async Task<IResult> HandleAsync(string id, HttpContext context, ReadCase cases, CancellationToken cancellation) =>
        Guid.TryParse(id, out var wanted) && await cases.FindAsync(wanted, context.Actor(), cancellation) is { } found
            ? TypedResults.Ok(found)
            : CaseRefusals.Unknown(id);

    private async Task<ImmutableArray<EvidenceSide>> SidesAsync(CaseAnswer found, CancellationToken cancellation)
    {
        var sides = new List<EvidenceSide>();
        await foreach (var stored in PayoutStory.ReadAsync(database, events, found.PayoutId, long.MaxValue, cancellation))
            if (stored.Event is PayoutEvent happened && EvidenceSide.Of(happened, found.Evidence) is { } side) sides.Add(side);
        return EvidenceSide.SideBySide(sides);
    }
}

/// <summary>A case with everything that its page shows.</summary>
public sealed record CaseDetails : CaseAnswer
{
    internal CaseDetails(CaseAnswer found) : base(found)
    {
    }

    /// <summary>The payout as it stands, with what was expected of it.</summary>
    [JsonPropertyOrder(1)]
    public required PayoutAnswer About { get; init; }

    /// <summary>Why the payout has its status, for a person who knows no rules.</summary>
    [JsonPropertyOrder(1)]
    public required string Why { get; init; }

    /// <summary>What happens by itself.</summary>
    [JsonPropertyOrder(1)]
    public required string Next { get; init; }

    /// <summary>The evidence side by side, earliest first.</summary>
    [JsonPropertyOrder(1)]
    public required ImmutableArray<EvidenceSide> Sides { get; init; }

    /// <summary>All that were made on this case, in order.</summary>
    [JsonPropertyOrder(1)]
    public required ImmutableArray<ProposalAnswer> Proposals { get; init; }

    /// <summary>What people noted, in order.</summary>
    [JsonPropertyOrder(1)]
    public required ImmutableArray<CaseEntry> Notes { get; init; }

    /// <summary>Everything that happened to the case, in order.</summary>
    [JsonPropertyOrder(1)]
    public required ImmutableArray<CaseStep> History { get; init; }

    /// <summary>What the caller may do now.</summary>
    [JsonPropertyOrder(1)]
    public required CaseChoices Choices { get; init; }
}

/// <summary>What the caller may do to a case now. The rules judge again when it is done.</summary>
/// <param name="Outcomes">What may be proposed; empty where nothing may.</param>
/// <param name="Decide">The number of the proposal that the caller may approve or reject; null where there is none.</param>
public sealed record CaseChoices(bool Assign, bool Note, ImmutableArray<ProposedOutcome> Outcomes, int? Decide)
{
    internal static CaseChoices Of(CaseAnswer found, Actor actor)
    {
        var mayResolve = actor.May(Scope.FinanceResolve);
        var isFree = found.Open && (found.Proposal is null || found.Proposal.ProposedBy.Reference == actor.PersonReference);
        return new CaseChoices(
            mayResolve && found.Open,
            mayResolve,
            mayResolve && isFree ? [.. Enum.GetValues<ProposedOutcome>().Where(outcome => Resolving.RefusalOf(found.Kind, outcome.Status()) is null)] : [],
            actor.May(Scope.FinanceApprove) && found.Proposal is { } waiting && waiting.ProposedBy.Reference != actor.PersonReference ? waiting.Number : null);
    }
}
