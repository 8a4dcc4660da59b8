using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Reconciler.Providers;

/// <summary>
/// The public keys of one connection: pinned ones, and those the provider publishes. Published keys are kept for an hour; for an id that is
/// not among them they are asked for again, at most once a minute, so that forged ids cannot make us hammer the provider.
/// </summary>
/// <param name="fetch">Asks the provider, once; throws a <see cref="ProviderFault"/>. Null where only pinned keys count.</param>
internal sealed class PublicKeys(
    ImmutableArray<WebhookKey> pinned, Func<CancellationToken, Task<IReadOnlyList<WebhookKey>>>? fetch, TimeProvider clock)
{
    public const int KeysMax = 32;

    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    public static readonly TimeSpan AskedAtMostEvery = TimeSpan.FromMinutes(1);

    // A delivery waits for this: its sender gives up at some point too.
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly FrozenDictionary<string, VerificationKey> pinned = Imported(pinned);
    private volatile Published? published;
    private volatile bool lastAskFailed;
    private long? askedAt;
    private Task asking = Task.CompletedTask;

    /// <summary>The key of that id, or why there is none: <see cref="RefusalReason.UnknownKey"/> when the provider does not publish it,
    /// <see cref="RefusalReason.KeysUnavailable"/> when it could not be asked and the key may exist.</summary>
    public async ValueTask<(VerificationKey? Key, RefusalReason Reason)> FindAsync(string id, CancellationToken cancellation)
    {
        if (pinned.TryGetValue(id, out var key)) return (key, default);
        if (fetch is null) return (null, RefusalReason.UnknownKey);
        if (published is not { } kept || clock.GetElapsedTime(kept.At) >= KeptFor || !kept.Keys.ContainsKey(id))
            await Asking().WaitAsync(cancellation).ConfigureAwait(false);

        // Keys that could not be renewed stay in use: a provider's outage must not turn its own true deliveries away.
        if (published is { } now && now.Keys.TryGetValue(id, out key)) return (key, default);
        return (null, lastAskFailed ? RefusalReason.KeysUnavailable : RefusalReason.UnknownKey);
    }

    // One question in flight for all that wait; it outlives the delivery that caused it.
    private Task Asking()
    {
        lock (gate)
        {
            if (!asking.IsCompleted || (askedAt is { } before && clock.GetElapsedTime(before) < AskedAtMostEvery)) return asking;
            askedAt = clock.GetTimestamp();
            return asking = Task.Run(AskAsync);
        }
    }

    private async Task AskAsync()
    {
        using var timeout = new CancellationTokenSource(FetchTimeout, clock);
        try
        {
            var keys = await fetch!(timeout.Token).ConfigureAwait(false);
            published = new Published(Imported(keys), clock.GetTimestamp());
            lastAskFailed = false;
        }
        catch (Exception fault) when (fault is ProviderFault or OperationCanceledException)
        {
            lastAskFailed = true;
        }
    }

    // A published key of a kind that we cannot use must not cost us the others; a delivery signed with it meets UnknownKey.
    private static FrozenDictionary<string, VerificationKey> Imported(IEnumerable<WebhookKey> given)
    {
        var keys = new Dictionary<string, VerificationKey>(StringComparer.Ordinal);
        foreach (var one in given.Take(KeysMax))
            if (VerificationKey.TryImport(one, out var key, out _)) keys.TryAdd(one.Id, key);
        return keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record Published(FrozenDictionary<string, VerificationKey> Keys, long At);
}
