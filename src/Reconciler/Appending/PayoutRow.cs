using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>One payout while a batch works on it: as it was read under its row lock, and what the batch adds.</summary>
internal sealed class PayoutRow(PayoutId id)
{
    internal PayoutId Id { get; } = id;

    /// <summary>Null until the payout is first heard of.</summary>
    internal Payout? Payout { get; private set; }

    /// <summary>As it was read; null where there was none.</summary>
    internal Payout? Stored { get; private init; }

    /// <summary>The stream's version as read.</summary>
    internal long StoredVersion { get; private init; }

    /// <summary>The end of the stream's chain as it was read; null where nothing was linked.</summary>
    internal byte[]? StoredEnd { get; private init; }

    /// <summary>The end once the batch's events are linked; null until then.</summary>
    internal byte[]? ChainEnd { get; set; }

    /// <summary>What the batch writes of the payout (see <see cref="PayoutState"/>); null until then.</summary>
    internal byte[]? State { get; set; }

    /// <summary>Not read, but known from before: what stands beside the payout and the version is not known of it.</summary>
    internal bool IsRecalled { get; private init; }

    internal List<NewEvent> Events { get; } = [];

    internal long Version => StoredVersion + Events.Count;

    internal Provider Provider { get; private set; }

    /// <summary>Whether a proposal waited at any time while the batch worked on it.</summary>
    internal bool HadProposals => Stored?.Proposals is not null || Events.Exists(added => added.Event is ResolutionProposed);

    internal DateTimeOffset? NextPollAt { get; private set; }

    internal DateTimeOffset? OverdueAt { get; private set; }

    /// <summary>When the clock looks: no later than either of the two.</summary>
    internal DateTimeOffset? CheckAt { get; private set; }

    /// <summary>The earliest moment that the batch's events made due; null where none did.</summary>
    internal DateTimeOffset? DueAt { get; private set; }

    internal DateTimeOffset? PollLeaseUntil { get; private set; }

    internal int PollFaults { get; private set; }

    /// <summary>Nothing came but webhooks, and they moved no cases, nor what the clock keeps of its polls but that it may have to look earlier.</summary>
    internal bool OnlyHeard { get; private set; }

    /// <summary>The facts as read; null where the payout was not heard of before.</summary>
    internal PayoutColumns? StoredColumns { get; private init; }

    /// <summary>Its personal data was erased: nothing of the kind is kept of what comes now.</summary>
    internal bool IsErased { get; private init; }

    /// <summary>Of what was announced beside the money; null where nothing was, or the payout is erased.</summary>
    internal byte[]? DataSalt { get; private set; }

    internal bool HasNewSalt { get; private set; }

    /// <summary>What is announced of an erased payout is sealed, and its key forgotten at once.</summary>
    internal void TakeSalt(byte[] salt)
    {
        if (!IsErased) (DataSalt, HasNewSalt) = (salt, true);
    }

    internal static PayoutRow Read(
        Payout payout, long version, byte[]? chainEnd, DateTimeOffset? pollLeaseUntil, int pollFaults, DateTimeOffset? checkAt, bool isErased,
        byte[]? dataSalt) => new(payout.Id)
    {
        Payout = payout,
        Stored = payout,
        StoredVersion = version,
        StoredEnd = chainEnd,
        StoredColumns = PayoutColumns.Of(payout, isErased),
        IsErased = isErased,
        DataSalt = dataSalt,
        PollLeaseUntil = pollLeaseUntil,
        PollFaults = pollFaults,
        CheckAt = checkAt,
    };

    internal static PayoutRow Recalled(PayoutId id, Remembered known)
    {
        var payout = PayoutState.Read(id, known.State);
        return new PayoutRow(id)
        {
            Payout = payout,
            Stored = payout,
            StoredVersion = known.Version,
            StoredEnd = known.ChainEnd,
            StoredColumns = PayoutColumns.Of(payout, isErased: false),
            IsRecalled = true,
        };
    }

    /// <param name="now">By the clock that all nodes share.</param>
    internal void Apply(PayoutEvent happened, Provider provider, PollingPolicy policy, DateTimeOffset now, string? traceId)
    {
        var decided = Decisions.On(Payout, happened);
        foreach (var next in decided.Events) Events.Add(new NewEvent(EventIds.NewAt(happened.ObservedAt), next, decided.Payout, traceId));
        Payout = decided.Payout;
        Provider = provider;
        NextPollAt = SilenceSchedule.NextPoll(decided.Payout, policy, happened, now);
        OverdueAt = SilenceSchedule.OverdueAt(decided.Payout, policy);
        var due = OverdueAt < NextPollAt || NextPollAt is null ? OverdueAt : NextPollAt;
        // A word that only pushes the poll away leaves it to the clock to look once in vain: the row then stays in its place.
        if (happened is not WebhookReceived || CheckAt is null || due < CheckAt) CheckAt = due;
        if (DueAt is null || due < DueAt) DueAt = due;
        OnlyHeard = !IsErased && Stored is { PollsSinceHeard: 0 } before && Payout.Cases == before.Cases
            && Events.TrueForAll(added => added.Event is WebhookReceived or PayoutStatusChanged);
        if (happened is not PollAnswered) return;
        PollLeaseUntil = null;
        PollFaults = 0;
    }
}

/// <param name="After">The payout once all that followed from the same happening was folded in; later ones of the batch are not in it.</param>
internal sealed record NewEvent(Guid Id, PayoutEvent Event, Payout After, string? TraceId);
