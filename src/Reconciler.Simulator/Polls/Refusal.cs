namespace Reconciler.Simulator.Polls;

/// <summary>Ways in which a provider declines to say how a payout stands.</summary>
public enum RefusalKind
{
    NotFound,
    Unauthorised,
    Throttled,
    Broken,
}

/// <summary>An answer that says nothing about the payout, in the provider's documented form.</summary>
public sealed record Refusal(int HttpStatus, string Json, bool WithRetryAfter = false);
