using System.Text.Json;

namespace Reconciler.Client;

/// <summary>
/// One entry of the change feed. It comes at least once, always with the same <see cref="Id"/>; whoever keeps the highest
/// <see cref="StatusVersion"/> of each payout is safe under any duplication and order.
/// </summary>
public sealed class Change
{
    /// <summary>1, 2, 3… without holes, in commit order; 0 where the message did not say it.</summary>
    public required long Position { get; init; }

    /// <summary>The history that the position belongs to; null where the change came by another way than the feed.</summary>
    public Guid? Epoch { get; init; }

    /// <summary>The same for the same change each time that it comes.</summary>
    public required Guid Id { get; init; }

    /// <summary>Book by <see cref="ChangeKind.StatusChanged"/>, and pass over kinds that you do not know.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary><c>{connection}/{the provider's payout id}</c>; empty for a kind that is about no payout.</summary>
    public required string Payout { get; init; }

    /// <summary>1, 2, 3… with each move of the payout's status; 0 for a kind that is about no payout.</summary>
    public required long StatusVersion { get; init; }

    /// <summary>Null for a first status, and for kinds that move none.</summary>
    public PayoutStatus? From { get; init; }

    /// <summary>Null for kinds that move no status.</summary>
    public PayoutStatus? To { get; init; }

    public Confidence? Confidence { get; init; }

    /// <summary>In major units of <see cref="Currency"/>: what was registered, or else what the provider said; null where neither is known.</summary>
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217, like XOF; null where the amount is.</summary>
    public string? Currency { get; init; }

    /// <summary>Your own reference, where the payout is registered.</summary>
    public string? Reference { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public ChangeFailure? Failure { get; init; }

    /// <summary>When it happened, by the provider's clock where that was told.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When it was stored, by the service's clock. Not an order: <see cref="Position"/> is.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The whole change as it came, with members that this version does not know.</summary>
    public required JsonElement Json { get; init; }

    /// <summary>What to keep once the change is booked, in the same transaction: reading goes on behind it.</summary>
    public FeedPosition At => new(Position, Epoch);

    /// <summary>Reads a change from the body of a signed webhook or of a message. Verify first, with <see cref="StandardWebhook"/>.</summary>
    /// <exception cref="ChangeUnreadable">It is no change, or a member of it cannot be read exactly.</exception>
    public static Change Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return ChangeReading.Of(document.RootElement.Clone(), epoch: null);
        }
        catch (JsonException fault)
        {
            throw new ChangeUnreadable("It is not JSON.", fault);
        }
    }

    public override string ToString() => $"{Position} {Kind} {Payout} v{StatusVersion}: {From} -> {To}";
}

/// <summary>Why a payout failed.</summary>
/// <param name="Code">One word for all providers, like <c>recipient_invalid</c>; <c>other</c> where the provider's code has none.</param>
/// <param name="ProviderCode">As the provider gave it.</param>
/// <param name="Message">The provider's words for people.</param>
public sealed record ChangeFailure(string Code, string? ProviderCode, string? Message);
