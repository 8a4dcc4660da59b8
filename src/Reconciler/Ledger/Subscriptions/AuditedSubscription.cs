namespace Reconciler.Ledger.Subscriptions;

/// <summary>What is recorded of one act.</summary>
/// <param name="Act">Past participle: what was done to the subscription.</param>
internal readonly record struct AuditedAct(string Act, object? Before, object? After);

/// <summary>A subscription in the audit log, without its secrets. A storage shape.</summary>
internal sealed record AuditedSubscription(
    string Url,
    string? Description,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<string> Connections,
    IReadOnlyList<string> AllowedRanges,
    SubscriptionState State,
    SubscriptionReason? Reason,
    Guid Epoch,
    long Cursor)
{
    internal static AuditedSubscription? Of(SubscriptionRow? row) => row is null ? null : new(
        row.Url, row.Description, row.Kinds, row.Connections, row.AllowedRanges, row.State, row.Reason, row.Epoch, row.Cursor);
}

/// <summary>The secrets of a subscription in the audit log. A storage shape.</summary>
/// <param name="Ids">The operator's names for those that sign.</param>
/// <param name="New">Those that did not sign before, or were another secret under this name.</param>
internal sealed record AuditedSecrets(IReadOnlyList<string> Ids, IReadOnlyList<string> New)
{
    internal static AuditedSecrets Of(IReadOnlyList<SubscriptionSecret> secrets, IReadOnlyList<SubscriptionSecret> former) =>
        new([.. secrets.Select(secret => secret.Id)], [.. secrets.Except(former).Select(secret => secret.Id)]);
}

/// <summary>A change of the feed in the audit log. A storage shape.</summary>
internal sealed record AuditedChange(long Position);
