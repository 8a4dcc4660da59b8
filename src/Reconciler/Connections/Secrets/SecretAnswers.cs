using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>A connection's webhook secrets, without their values.</summary>
/// <param name="Step">Where a rotation stands.</param>
/// <param name="Says">What to do next.</param>
/// <param name="Items">In the operator's order, the newest last.</param>
public sealed record SecretList(RotationStep Step, string Says, IReadOnlyList<SecretAnswer> Items)
{
    internal static SecretList Of(IReadOnlyCollection<WebhookSecret> secrets, IReadOnlyCollection<VerifierUse> uses, DateTimeOffset now)
    {
        var items = secrets.Select(secret => SecretAnswer.Of(secret, secrets, uses, now)).ToList();
        var step = SecretRotation.StepOf(items);
        return new SecretList(step, SecretRotation.Says(step), items);
    }
}

/// <param name="LastUsedAt">To within seconds; null where it verified nothing yet.</param>
/// <param name="Deliveries">How many it verified.</param>
/// <param name="Retirable">Whether it can be retired without losing a delivery.</param>
/// <param name="Says">Why not; null where it can.</param>
public sealed record SecretAnswer(
    string Id, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, SecretState State, DateTimeOffset? LastUsedAt, long Deliveries, bool Retirable, string? Says)
{
    internal static SecretAnswer Of(
        WebhookSecret secret, IReadOnlyCollection<WebhookSecret> all, IReadOnlyCollection<VerifierUse> uses, DateTimeOffset now)
    {
        var use = uses.FirstOrDefault(one => one.Verifier == secret.Id);
        var refusal = SecretRotation.Refusal(all, secret, use?.LastUsedAt, now);
        return new SecretAnswer(
            secret.Id, secret.NotBefore, secret.NotAfter, SecretRotation.StateOf(secret, now), use?.LastUsedAt, use?.Deliveries ?? 0, refusal is null, refusal);
    }
}

/// <summary>A secret to add.</summary>
/// <param name="Secret">What the provider signs with. It goes in, and never comes out.</param>
public sealed record SecretToAdd(string Id, string Secret, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter);
