using Reconciler.Connections;
using Reconciler.Core;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>A subscription as it is shown.</summary>
/// <param name="Kinds">Of the changes that it is told of; empty: all.</param>
/// <param name="Connections">Of the payouts that it is told of; empty: all.</param>
/// <param name="AllowedRanges">Private networks that its URL may lead to.</param>
/// <param name="Reason">Why it is paused or dead.</param>
/// <param name="Cursor">The position up to which each change was accepted, is not for it, or is deferred.</param>
/// <param name="Head">The feed's last position.</param>
/// <param name="Lag">Changes between the two.</param>
/// <param name="Deferred">Changes before the cursor that were refused, or wait for an earlier one of their payout.</param>
/// <param name="GivenUp">Payouts whose change was refused to the end of the schedule while others were accepted: resume, or skip it.</param>
/// <param name="NotBefore">Until when the subscriber asked for silence.</param>
public sealed record SubscriptionAnswer(
    Guid Id,
    string Url,
    string? Description,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<string> Connections,
    IReadOnlyList<string> AllowedRanges,
    IReadOnlyList<SubscriptionSecretShown> Secrets,
    SubscriptionState State,
    SubscriptionReason? Reason,
    long Cursor,
    long Head,
    long Lag,
    long Deferred,
    long GivenUp,
    DateTimeOffset? NotBefore,
    DateTimeOffset? LastAcceptedAt,
    AttemptError? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <param name="secretIds">In the operator's order.</param>
    /// <param name="made">Secrets that were made just now, by id: shown this once.</param>
    internal static SubscriptionAnswer Of(ShownSubscription shown, IEnumerable<string> secretIds, IReadOnlyList<SubscriptionSecret> made) => new(
        shown.Row.Id, shown.Row.Url, shown.Row.Description, shown.Row.Kinds, shown.Row.Connections, shown.Row.AllowedRanges,
        [.. secretIds.Select(id => new SubscriptionSecretShown(id, made.FirstOrDefault(one => one.Id == id)?.Secret.Value ?? ConnectionDocument.Masked))],
        shown.Row.State == SubscriptionState.Active && shown.Refused > 0 ? SubscriptionState.Failing : shown.Row.State,
        shown.Row.Reason, shown.Row.Cursor, shown.Head, Math.Max(0, shown.Head - shown.Row.Cursor), shown.Deferred, shown.GivenUp,
        shown.Row.NotBefore, shown.Row.LastAcceptedAt, shown.Row.LastError, shown.Row.CreatedAt, shown.Row.UpdatedAt);
}

/// <param name="Secret"><c>***</c>, but for one that was made just now: it is shown once.</param>
public sealed record SubscriptionSecretShown(string Id, string Secret);

public sealed record SubscriptionList(IReadOnlyList<SubscriptionAnswer> Items);

/// <summary>A change that the cursor has passed and that was not accepted yet.</summary>
/// <param name="Attempts">0: it waits for an earlier change of its payout.</param>
/// <param name="NextAttemptAt">When it is sent again, unless it waits or was given up.</param>
public sealed record DeferredAnswer(
    long Position,
    PayoutId Payout,
    int Attempts,
    DateTimeOffset? FirstAttemptAt,
    DateTimeOffset NextAttemptAt,
    bool GivenUp,
    AttemptOutcome? LastOutcome,
    int? LastStatus);

/// <param name="Items">By position; never more than the bound of deferred changes.</param>
public sealed record DeferredList(IReadOnlyList<DeferredAnswer> Items);
