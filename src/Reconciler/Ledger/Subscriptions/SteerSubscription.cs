using Reconciler.Access;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Stops a subscription and lets it go on, from where it was or from another position. Deciding about one change is here, too.</summary>
internal static class SteerSubscription
{
    internal static Task<IResult> PauseAsync(
        string id, HttpContext context, SubscriptionStore store, SubscriptionSteering steering, Installation installation, WebhookSender sender,
        CancellationToken cancellation) => SteerAsync(
        id, context, store, installation, sender, shown => steering.PauseAsync(context.Actor(), shown.Row.Id, cancellation), _ => ReadSubscriptions.Unknown(id), cancellation);

    internal static Task<IResult> ResumeAsync(
        string id, HttpContext context, SubscriptionStore store, SubscriptionSteering steering, Installation installation, WebhookSender sender,
        CancellationToken cancellation) => SteerAsync(
        id, context, store, installation, sender, shown => steering.ResumeAsync(context.Actor(), shown.Row.Id, cancellation), OtherHistory, cancellation);

    internal static async Task<IResult> ReplayAsync(
        string id, HttpContext context, SubscriptionStore store, SubscriptionSteering steering, Installation installation, WebhookSender sender,
        CancellationToken cancellation)
    {
        var (given, refused) = await SubscriptionBody.ReadAsync(context.Request, (root, _) =>
        {
            var after = root.Position("after");
            if (after is null) root.Problem("after", "It is missing: the position after which to begin again, 0 for the start.");
            root.Close();
            return after is { } position ? new GivenPosition(position) : null;
        }, cancellation);
        return given is null
            ? refused!
            : await SteerAsync(
                id, context, store, installation, sender, shown => steering.ReplayAsync(context.Actor(), shown.Row.Id, given.Position, cancellation),
                shown => new Problem(ProblemKind.FeedPositionAhead, $"The feed ends at {shown.Head}, before {given.Position}."), cancellation);
    }

    internal static async Task<IResult> SkipAsync(
        string id, HttpContext context, SubscriptionStore store, SubscriptionSteering steering, Installation installation, WebhookSender sender,
        CancellationToken cancellation)
    {
        var (given, refused) = await SubscriptionBody.ReadAsync(context.Request, (root, _) =>
        {
            var position = root.Position("position");
            if (position is null) root.Problem("position", "It is missing: the position of a deferred change.");
            root.Close();
            return position is { } known ? new GivenPosition(known) : null;
        }, cancellation);
        return given is null
            ? refused!
            : await SteerAsync(
                id, context, store, installation, sender, shown => steering.SkipAsync(context.Actor(), shown.Row.Id, given.Position, cancellation),
                _ => new Problem(ProblemKind.ChangeNotDeferred, $"The change {given.Position} is not among the deferred ones: it was accepted, or was not tried yet."),
                cancellation);
    }

    private static async Task<IResult> SteerAsync(
        string id, HttpContext context, SubscriptionStore store, Installation installation, WebhookSender sender, Func<ShownSubscription, Task<bool>> steer,
        Func<ShownSubscription, Problem> refusal, CancellationToken cancellation)
    {
        if (await ReadSubscriptions.FindAsync(id, context, store, cancellation) is not { } shown) return ReadSubscriptions.Unknown(id);
        if (!await steer(shown)) return refusal(shown);
        sender.LookNow();
        return await ReadSubscriptions.OneAsync(id, context, store, installation, cancellation);
    }

    private static Problem OtherHistory(ShownSubscription shown) => new(
        ProblemKind.FeedEpochChanged,
        $"Its cursor {shown.Row.Cursor} lies beyond where that history and this one part: the database was restored or replaced. Compare by parity, then replay from a position.");

    private sealed record GivenPosition(long Position);
}
