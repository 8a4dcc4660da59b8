namespace Reconciler.Providers;

/// <summary>The three ways in which asking a provider goes wrong. None of them is an observation.</summary>
public abstract class ProviderFault(string message, Exception? inner) : Exception(message, inner);

/// <summary>Transport trouble, a timeout of theirs, or 5xx: try again later.</summary>
public sealed class ProviderUnavailable(string message, Exception? inner = null) : ProviderFault(message, inner);

/// <summary>429: wait.</summary>
public sealed class ProviderThrottled(TimeSpan? retryAfter) : ProviderFault("The provider says: too many requests.", null)
{
    /// <summary>What the provider asked for, not yet capped; null where it named nothing that can be read.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>401, 403 or another refusal: asking again the same way will not help; the connection's settings need a person.</summary>
public sealed class ProviderRefused(int httpStatus, string message) : ProviderFault(message, null)
{
    public int HttpStatus { get; } = httpStatus;
}
