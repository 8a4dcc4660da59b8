using System.Security.Cryptography;
using Reconciler.Access;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Shows subscriptions, as they are stored, so that every node shows the same.</summary>
internal static class ReadSubscriptions
{
    internal static async Task<IResult> AllAsync(HttpContext context, SubscriptionStore store, Installation installation, CancellationToken cancellation)
    {
        var all = await store.ShowAsync(id: null, cancellation);
        return TypedResults.Ok(new SubscriptionList([.. all.Where(shown => Exists(shown.Row, context)).Select(shown => Answer(shown, installation))]));
    }

    internal static async Task<IResult> OneAsync(
        string id, HttpContext context, SubscriptionStore store, Installation installation, CancellationToken cancellation) =>
        await FindAsync(id, context, store, cancellation) is { } shown ? TypedResults.Ok(Answer(shown, installation)) : Unknown(id);

    internal static async Task<IResult> DeferredAsync(string id, HttpContext context, SubscriptionStore store, CancellationToken cancellation) =>
        await FindAsync(id, context, store, cancellation) is { } shown
            ? TypedResults.Ok(new DeferredList(await store.DeferredAsync(shown.Row.Id, cancellation)))
            : Unknown(id);

    /// <summary>Null where there is none that exists for the caller.</summary>
    internal static async Task<ShownSubscription?> FindAsync(string id, HttpContext context, SubscriptionStore store, CancellationToken cancellation) =>
        Guid.TryParse(id, out var known) && (await store.ShowAsync(known, cancellation)).SingleOrDefault() is { } shown && Exists(shown.Row, context)
            ? shown
            : null;

    /// <summary>It tells of connections: a caller who does not see them all does not see it.</summary>
    private static bool Exists(SubscriptionRow row, HttpContext context) =>
        context.Actor().Connections is var allowed && (allowed.Keys is null || (row.Connections.Length > 0 && row.Connections.All(allowed.Allow)));

    internal static SubscriptionAnswer Answer(ShownSubscription shown, Installation installation) =>
        SubscriptionAnswer.Of(shown, Secrets(shown.Row, installation).Select(secret => secret.Id), made: []);

    /// <summary>None where this node cannot read them: putting the subscription anew is how it is repaired.</summary>
    internal static IReadOnlyList<SubscriptionSecret> Secrets(SubscriptionRow row, Installation installation)
    {
        try
        {
            return SubscriptionSecret.Open(installation.Secrets, row.Id, row.SealedSecrets);
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    internal static Problem Unknown(string id) =>
        new(ProblemKind.SubscriptionUnknown, $"There is no subscription '{(id.Length > 40 ? id[..40] + "…" : id)}'.");
}
