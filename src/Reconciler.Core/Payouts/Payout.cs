using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>
/// The state of a payout: the fold of its stream, without clock or I/O. It is also what the read model keeps, so that the next
/// evidence can be folded in without reading the stream again.
/// </summary>
public sealed record Payout(PayoutId Id)
{
    public Claims Claims { get; init; } = Claims.None;

    public Expectation? Expected { get; init; }

    public DateTimeOffset? ExpectedAt { get; init; }

    public ApprovedResolution? Resolution { get; init; }

    /// <summary>Null where people accepted nothing as it is.</summary>
    public AcceptedDiscrepancies? Accepted { get; init; }

    /// <summary>What waits for a second person; null where nothing does, since that is so for almost every payout.</summary>
    public ImmutableArray<Proposal>? Proposals { get; init; }

    /// <summary>As the last <see cref="PayoutStatusChanged"/> said; null before the first.</summary>
    public PayoutStatus? Status { get; init; }

    public long StatusVersion { get; init; }

    /// <summary>When the status last turned from not final to final.</summary>
    public DateTimeOffset? FinalAt { get; init; }

    public ImmutableArray<Case> Cases { get; init; } = [];

    /// <summary>The first counted evidence, whatever it said.</summary>
    public Sighting? FirstEvidence { get; init; }

    public DateTimeOffset? LastHeardAt { get; init; }

    public DateTimeOffset? LastPolledAt { get; init; }

    /// <summary>Polls in a row since the last verified webhook: which step of the silence schedule is due.</summary>
    public int PollsSinceHeard { get; init; }

    /// <summary>Set when the schedule's deadline passed: the clock's own evidence.</summary>
    public DateTimeOffset? OverdueAt { get; init; }

    /// <summary>From when on the payout was there, as far as we know: what deadlines and grace periods count from.</summary>
    [JsonIgnore]
    public DateTimeOffset StartedAt => Expected?.InitiatedAt ?? FirstSeenAt;

    [JsonIgnore]
    public DateTimeOffset FirstSeenAt =>
        (ExpectedAt, FirstEvidence?.At) switch
        {
            ({ } expected, { } heard) => expected < heard ? expected : heard,
            ({ } expected, null) => expected,
            (null, { } heard) => heard,
            // No more than a nudge, or an answer that says nothing: the payout is as old as the last of them, as far as we know.
            _ => LastPolledAt ?? LastHeardAt ?? DateTimeOffset.MaxValue,
        };

    [JsonIgnore]
    public IEnumerable<Case> OpenCases => Cases.Where(known => known.Open);

    /// <summary>The proposals that wait for a second person: at most one a case.</summary>
    [JsonIgnore]
    public ImmutableArray<Proposal> Pending => Proposals ?? [];

    public static Payout Evolve(Payout? payout, PayoutEvent happened)
    {
        var state = payout ?? new Payout(happened.Payout);
        return happened switch
        {
            PayoutExpected expected when state.ExpectedAt is null || expected.ObservedAt < state.ExpectedAt =>
                (state with { Expected = expected.Expectation, ExpectedAt = expected.ObservedAt }).WithProposalsStale(expected.ObservedAt),
            WebhookReceived { Verified: true } heard => state.Hearing(heard).WithProposalsStale(heard.ObservedAt),
            PollAnswered answered => state.Asking(answered),
            PayoutStatusChanged changed when changed.StatusVersion > state.StatusVersion => state with
            {
                Status = changed.To,
                StatusVersion = changed.StatusVersion,
                FinalAt = !changed.To.IsFinal() ? null : state.Status?.IsFinal() == true ? state.FinalAt : changed.ObservedAt,
            },
            DiscrepancyOpened opened => state.Opening(opened),
            DiscrepancyClosed closed => state.WithoutProposals(known => known.Discrepancy == closed.Discrepancy) with
            {
                Cases = [.. state.Cases.Select(known => known.Id == closed.Discrepancy ? known with { Open = false } : known)],
            },
            ResolutionProposed proposed => state.Proposing(proposed),
            ResolutionApproved approved => state.WithoutProposals(known => known.Id == approved.Resolution).Approving(approved),
            ResolutionRejected rejected => state.WithoutProposals(known => known.Id == rejected.Resolution),
            _ => state,
        };
    }

    private Payout Hearing(WebhookReceived heard)
    {
        var source = heard.VerifyFinal == VerifyFinal.Always ? ClaimSource.WebhookToVerify : ClaimSource.Webhook;
        var joined = Joining(source, heard.Observation, new Sighting(heard.ObservedAt, heard.Digest), heard.DeliveryId);
        return joined with { LastHeardAt = Max(LastHeardAt, heard.ObservedAt), PollsSinceHeard = 0 };
    }

    private Payout Asking(PollAnswered answered)
    {
        var sighting = new Sighting(answered.ObservedAt, answered.Digest);
        var joined = answered.Observation is { } observation ? Joining(ClaimSource.Poll, observation, sighting, deliveryId: null) : this;
        if (answered is { Observation.Status: ObservedStatus.NotFound, PastGrace: true })
            joined = joined with { Claims = joined.Claims.Joining(new Fact(FactKind.NotFound, "not_found", sighting)) };
        // Our own asking goes on by a schedule: an answer that says only what is known is no news to whoever decides.
        if (!ReferenceEquals(joined.Claims, Claims)) joined = joined.WithProposalsStale(answered.ObservedAt);
        return joined with
        {
            LastPolledAt = Max(LastPolledAt, answered.ObservedAt),
            PollsSinceHeard = PollsSinceHeard + 1,
        };
    }

    private Payout Joining(ClaimSource source, Observation observation, Sighting sighting, string? deliveryId)
    {
        // An answer of "unknown here" says nothing of the payout: it is no evidence that the payout exists.
        if (observation.Status == ObservedStatus.NotFound) return this;
        var claims = Claims;
        if (observation.Status.Claim() is { } status)
            claims = claims.Joining(new Claim(source, status, sighting, observation.Failure, observation.OccurredAt));
        else
            Note(FactKind.UnrecognisedWord, observation.Word);
        if (observation.Amount is { } amount)
        {
            Note(FactKind.Amount, PlainAmount(amount));
            Note(FactKind.Currency, amount.Currency.Code);
        }

        if (observation.Recipient is { } recipient) Note(FactKind.Recipient, $"{recipient.Digest} {recipient.Masked}");
        if (observation.Reference is { Length: > 0 } reference) Note(FactKind.Reference, reference);
        if (observation.ProviderReference is { Length: > 0 } providerReference) Note(FactKind.ProviderReference, providerReference);
        if (deliveryId is not null) Note(FactKind.Delivery, $"{sighting.Digest.Short} {deliveryId}");
        return this with { Claims = claims, FirstEvidence = FirstEvidence is { } first && first < sighting ? first : sighting };

        void Note(FactKind kind, string value) => claims = claims.Joining(new Fact(kind, value, sighting));
    }

    // Without the currency's zeros: an amount is compared as a number, whatever currency was named with it.
    internal static string PlainAmount(Money money) => money.Amount.ToString("0.####", CultureInfo.InvariantCulture);

    private Payout Opening(DiscrepancyOpened opened) =>
        Cases.Any(known => known.Id == opened.Discrepancy || (known.Open && known.Kind == opened.Kind))
            ? this
            : this with
            {
                Cases = Cases.Add(new Case(opened.Discrepancy, opened.Kind, Open: true)),
                OverdueAt = opened.Kind == DiscrepancyKind.Overdue ? opened.ObservedAt : OverdueAt,
            };

    private Payout Proposing(ResolutionProposed proposed) => proposed is { Discrepancy: { } discrepancy, ExpiresAt: { } expiresAt }
        ? this with
        {
            Proposals =
            [
                .. Pending.Where(known => known.Discrepancy != discrepancy),
                new Proposal(proposed.Resolution, discrepancy, proposed.Outcome, proposed.By, expiresAt),
            ],
        }
        : this;

    private Payout Approving(ResolutionApproved approved) => approved.Outcome is { } outcome
        ? this with
        {
            Resolution = ApprovedResolution.Later(
                Resolution, new ApprovedResolution(approved.Resolution, outcome, approved.ObservedAt, approved.Settles, approved.Seen)),
        }
        : this with { Accepted = AcceptedDiscrepancies.Joined(Accepted, approved.Settles) };

    private Payout WithoutProposals(Func<Proposal, bool> gone)
    {
        if (Proposals is not { } waiting || !waiting.Any(gone)) return this;
        ImmutableArray<Proposal> left = [.. waiting.Where(known => !gone(known))];
        return this with { Proposals = left.IsEmpty ? null : left };
    }

    private Payout WithProposalsStale(DateTimeOffset since) => Proposals is { } waiting && waiting.Any(known => known.StaleSince is null)
        ? this with { Proposals = [.. waiting.Select(known => known with { StaleSince = known.StaleSince ?? since })] }
        : this;

    private static DateTimeOffset Max(DateTimeOffset? known, DateTimeOffset now) => known is { } earlier && earlier > now ? earlier : now;
}

/// <summary>One discrepancy of a payout.</summary>
public sealed record Case(Guid Id, DiscrepancyKind Kind, bool Open);
