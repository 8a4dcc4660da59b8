using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Core.Tests.Laws;

/// <summary>One step of a run: something happens, or a person says something about a case or a proposal.</summary>
internal abstract record Step;

internal sealed record Happens(PayoutEvent Event) : Step;

/// <param name="Case">Which of the payout's cases, counted round.</param>
internal sealed record Proposes(string By, int Case, PayoutStatus? Outcome, int Minute) : Step;

/// <param name="Proposal">Which of all that were ever made, counted round.</param>
internal sealed record Decides(string By, int Proposal, bool Approves, int Minute) : Step;

/// <summary>What people did to a payout while words about it came, told by the rules.</summary>
internal sealed record People(ImmutableArray<Step> Steps)
{
    // Few people, so that the same one often decides on a proposal of their own; and a clock that often runs past a proposal's end.
    private static readonly Gen<string> Person = Gen.Elements("key:1", "key:2", "user:1");
    private const int ProposalMinutes = 4;

    private static readonly Gen<Step> Said =
        from person in Person
        from which in Gen.Choose(0, 3)
        from outcome in Stories.Outcome
        from minute in Gen.Choose(0, 6)
        select (Step)new Proposes(person, which, outcome, minute);

    private static readonly Gen<Step> Decided =
        from person in Person
        from which in Gen.Choose(0, 5)
        from approves in Gen.Elements(true, true, false)
        from minute in Gen.Choose(0, 6)
        select (Step)new Decides(person, which, approves, minute);

    private static readonly Gen<Step> Heard = Gen.OneOf(Stories.Webhook, Stories.Poll).Select(happened => (Step)new Happens(happened));

    public static Arbitrary<People> Any { get; } = Arb.From(
        Gen.ListOf(Gen.Frequency((3, Heard), (3, Said), (4, Decided))).Select(steps => new People([.. steps])),
        people => people.Steps.Select(step => new People(people.Steps.Remove(step))));

    /// <summary>Lets it happen, and shows each event that was appended with the payout before and after all that came with it.</summary>
    public Payout? Run(Action<Payout?, Decided>? seen = null, Action<PersonsWord, Judged>? judged = null)
    {
        Payout? payout = null;
        var proposals = new List<Guid>();
        foreach (var step in Steps)
        {
            var happened = step switch
            {
                Happens heard => heard.Event,
                Proposes said when payout is { Cases: { Length: > 0 } cases } => Judge(payout, new Propose(
                    new Guid(proposals.Count + 1, 0, 0, new byte[8]), cases[said.Case % cases.Length].Id, said.Outcome, "Because.",
                    Minute(said.Minute + ProposalMinutes), said.By, Minute(said.Minute))),
                Decides said when payout is not null && proposals.Count > 0 => Judge(payout, Decision(said, proposals[said.Proposal % proposals.Count])),
                _ => null,
            };
            if (happened is null) continue;
            if (happened is ResolutionProposed proposed) proposals.Add(proposed.Resolution);
            var decided = Decisions.On(payout, happened);
            seen?.Invoke(payout, decided);
            payout = decided.Payout;
        }

        return payout;

        PayoutEvent? Judge(Payout before, PersonsWord word)
        {
            var verdict = Resolving.Judge(before, word);
            judged?.Invoke(word, verdict);
            return verdict.Event;
        }
    }

    public override string ToString() => string.Join('\n', Steps);

    private static PersonsWord Decision(Decides said, Guid proposal) => said.Approves
        ? new Approve(proposal, null, said.By, Minute(said.Minute))
        : new Reject(proposal, "No.", said.By, Minute(said.Minute));

    private static DateTimeOffset Minute(int minutes) => Stories.Noon.AddMinutes(minutes);
}
