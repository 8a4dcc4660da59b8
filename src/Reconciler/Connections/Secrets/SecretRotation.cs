using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>Where a secret stands in its time.</summary>
public enum SecretState
{
    /// <summary>Its <c>notBefore</c> lies ahead.</summary>
    Waiting,

    Live,

    /// <summary>Its <c>notAfter</c> is over.</summary>
    Ended,
}

/// <summary>Where the connection stands in changing from one secret to the next.</summary>
public enum RotationStep
{
    /// <summary>No secret: deliveries are nudges, or public keys verify them.</summary>
    None,

    /// <summary>One secret is accepted. The first step is to add its successor.</summary>
    One,

    /// <summary>Several are accepted, and more than one was used within a day, or the newest not yet: give it to the provider, and wait.</summary>
    Both,

    /// <summary>Several are accepted, and the old ones were not used for a day: the last step is to retire them.</summary>
    Retire,
}

/// <summary>The rules of changing a webhook secret without losing a delivery: add, both accepted, retire. Pure.</summary>
internal static class SecretRotation
{
    public static readonly TimeSpan QuietFor = TimeSpan.FromDays(1);

    public static SecretState StateOf(WebhookSecret secret, DateTimeOffset now) =>
        secret.NotBefore > now ? SecretState.Waiting : secret.IsLive(now) ? SecretState.Live : SecretState.Ended;

    /// <summary>Why it should not be retired now, in words; null where nothing is lost by it.</summary>
    public static string? Refusal(IReadOnlyCollection<WebhookSecret> secrets, WebhookSecret retired, DateTimeOffset? usedAt, DateTimeOffset now)
    {
        if (StateOf(retired, now) != SecretState.Live) return null;
        if (secrets.All(other => other.Id == retired.Id || StateOf(other, now) != SecretState.Live))
            return "It is the only one that is accepted: without it no delivery would be verified. Add its successor first.";
        return usedAt is { } used && now - used < QuietFor
            ? $"It verified a delivery at {InstantConverter.Text(used)}: the provider still signs with it, and what it signs would be refused. "
                + $"Retire it after {InstantConverter.Text(used + QuietFor)}, when it was not used for a day."
            : null;
    }

    public static RotationStep StepOf(IReadOnlyList<SecretAnswer> secrets)
    {
        var live = secrets.Where(secret => secret.State == SecretState.Live).ToList();
        if (live.Count < 2) return live.Count == 0 && secrets.Count == 0 ? RotationStep.None : RotationStep.One;
        return live.Any(secret => secret.LastUsedAt is null) || !live.Any(secret => secret.Retirable) ? RotationStep.Both : RotationStep.Retire;
    }

    public static string Says(RotationStep step) => step switch
    {
        RotationStep.None => "There is no shared secret.",
        RotationStep.One => "One secret is accepted. To change it, add its successor here first, wait five seconds, then give that one to the provider.",
        RotationStep.Both => "Several are accepted. Give the newest to the provider; when the old one was not used for a day, retire it.",
        RotationStep.Retire => "Several are accepted, and one that was not used for a day can be retired.",
    };
}
