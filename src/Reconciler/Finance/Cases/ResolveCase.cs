using Npgsql;
using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>
/// Four eyes: one person proposes what became of a payout, another approves or rejects. Whether a word counts is decided in the
/// transaction that appends it, under the payout's row lock. Routes and pages call the same.
/// </summary>
public sealed class ResolveCase(NpgsqlDataSource database, Appender appender, ConnectionRegistry connections, CaseSettings settings, TimeProvider clock)
{
    /// <summary>Proposes; a proposal of the same person on the same case, or one that can no longer be decided, is replaced.</summary>
    /// <exception cref="AppendUnavailable">It is not known to be permanent; the caller may try again.</exception>
    public async Task<CaseResult> ProposeAsync(Guid id, ProposedOutcome outcome, string note, Actor actor, CancellationToken cancellation)
    {
        if (CaseRefusals.Missing(actor, Scope.FinanceResolve) is { } missing) return missing;
        if (CaseText.Refusal("note", note) is { } unfit) return unfit;
        var now = clock.GetUtcNow().ToMicrosecond();
        if (await CaseAnswer.FindAsync(database, id, now, cancellation) is not { } found || !actor.Connections.Allow(found.Connection))
            return CaseRefusals.Unknown(id);
        var resolution = Guid.CreateVersion7(now);
        var word = new Propose(resolution, id, outcome.Status(), note.Trim(), now + settings.ProposalsLast, actor.PersonReference, now);
        return await SayAsync(found, word, resolution, actor, cancellation);
    }

    /// <summary>Approves: from now on the outcome is the payout's status, or the disagreement is accepted; its case is settled.</summary>
    /// <exception cref="AppendUnavailable">It is not known to be permanent; the caller may try again.</exception>
    public Task<CaseResult> ApproveAsync(Guid id, int number, string? note, Actor actor, CancellationToken cancellation) =>
        CaseText.Refusal("note", note, isNeeded: false) is { } unfit
            ? Task.FromResult<CaseResult>(unfit)
            : DecideAsync(id, number, (proposal, at) => new Approve(proposal, string.IsNullOrWhiteSpace(note) ? null : note.Trim(), actor.PersonReference, at), actor, cancellation);

    /// <summary>Rejects: the case stays open.</summary>
    /// <exception cref="AppendUnavailable">It is not known to be permanent; the caller may try again.</exception>
    public Task<CaseResult> RejectAsync(Guid id, int number, string note, Actor actor, CancellationToken cancellation) =>
        CaseText.Refusal("note", note) is { } unfit
            ? Task.FromResult<CaseResult>(unfit)
            : DecideAsync(id, number, (proposal, at) => new Reject(proposal, note.Trim(), actor.PersonReference, at), actor, cancellation);

    private async Task<CaseResult> DecideAsync(
        Guid id, int number, Func<Guid, DateTimeOffset, PersonsWord> word, Actor actor, CancellationToken cancellation)
    {
        if (CaseRefusals.Missing(actor, Scope.FinanceApprove) is { } missing) return missing;
        var now = clock.GetUtcNow().ToMicrosecond();
        if (await CaseAnswer.FindAsync(database, id, now, cancellation) is not { } found || !actor.Connections.Allow(found.Connection))
            return CaseRefusals.Unknown(id);
        if (await ProposalAnswer.FindAsync(database, id, number, now, cancellation) is not { } proposal) return CaseRefusals.UnknownProposal(id, number);
        return await SayAsync(found, word(proposal.Id, now), proposal.Id, actor, cancellation);
    }

    private async Task<CaseResult> SayAsync(CaseAnswer found, PersonsWord word, Guid resolution, Actor actor, CancellationToken cancellation)
    {
        var payout = found.PayoutId;
        if (await KeptPayout.FindAsync(database, payout, cancellation) is not { Provider: var provider }) return CaseRefusals.Unknown(found.Id);
        await Person.RememberAsync(database, actor, cancellation);
        // Only the time of a next poll depends on the policy; a connection that this node cannot open does not keep people from deciding.
        var policy = connections.Find(found.Connection.ToString())?.Settings.Polling ?? PollingPolicy.Default;
        var appended = await appender.AppendAsync(new KeepWord(payout, word, provider, policy));
        var now = clock.GetUtcNow();
        var proposal = await ProposalAnswer.FindAsync(database, resolution, now, cancellation);
        if (appended.Refusal is { } why) return CaseRefusals.Of(why, proposal?.Answer, found);
        return new CaseResult(null, await CaseAnswer.FindAsync(database, found.Id, now, cancellation), proposal?.Answer);
    }
}

/// <summary>What became of something that a person did to a case.</summary>
/// <param name="Problem">Why it was refused; null where it was done.</param>
/// <param name="Case">As it stands after it; null where it was refused.</param>
/// <param name="Proposal">The one that it was about, where it was about one.</param>
public sealed record CaseResult(Problem? Problem, CaseAnswer? Case, ProposalAnswer? Proposal)
{
    public static implicit operator CaseResult(Problem problem) => FromProblem(problem);

    public static CaseResult FromProblem(Problem problem) => new(problem, null, null);
}
