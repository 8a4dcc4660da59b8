using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>One of the five: what it is, its defaults, and how one account with it is opened. Stateless.</summary>
public interface IPayoutProvider
{
    Provider Key { get; }

    /// <summary>The name that people know it by, like <c>CaurisFlux</c>.</summary>
    string Name { get; }

    /// <summary>What holds where a connection does not say otherwise; each value's source stands beside it.</summary>
    ProviderDefaults Defaults { get; }

    /// <summary>What is wrong with these settings, one entry a field (<c>api.credentials.secretKey</c>); empty when nothing is.</summary>
    IReadOnlyList<SettingProblem> Check(ConnectionSettings settings);

    /// <summary>Opens one account. The settings passed <see cref="Check"/>.</summary>
    /// <param name="http">Has no redirects, verified TLS, a body limit and no default timeout; the caller owns it.</param>
    IProviderConnection Open(ConnectionSettings settings, HttpMessageInvoker http, TimeProvider clock);
}

/// <summary>One account with a provider, in use: verifies deliveries, reads bodies, asks for statuses. Safe for concurrent use.</summary>
public interface IProviderConnection
{
    /// <summary>Verifies the raw bytes, before anything parses them. May fetch the provider's public keys (pawaPay).</summary>
    /// <returns>Never throws for a hostile delivery: that is <see cref="Verdict.Refused"/>.</returns>
    ValueTask<Verdict> VerifyAsync(Delivery delivery, CancellationToken cancellation);

    /// <summary>The sender's own id of the delivery, from its headers: a hint, not signed. Null where there is none.</summary>
    string? DeliveryId(Delivery delivery);

    /// <summary>The headers with which this provider would sign a body now, by the newest secret that is live: for a delivery that we send to
    /// ourselves. Null where we cannot sign, because nothing verifies here or only the provider has the key.</summary>
    IReadOnlyList<KeyValuePair<string, string>>? Sign(ReadOnlyMemory<byte> body, DateTimeOffset now);

    /// <summary>Translates a delivery's body. Pure and total: hostile bytes are <see cref="Reading.Unreadable"/>.</summary>
    Reading Read(ReadOnlyMemory<byte> body);

    /// <summary>Asks the provider for one payout's status: one request, no retries (the caller's pipeline decides on those), but for
    /// what authentication needs (a token exchange; once more after a 401 with a fresh token).</summary>
    /// <exception cref="ProviderUnavailable">Transport trouble, 5xx, 408, a redirect, an answer over the limit, or an error page that is not the
    /// provider's own (a 404 without JSON): no observation.</exception>
    /// <exception cref="ProviderThrottled">429.</exception>
    /// <exception cref="ProviderRefused">401, 403, or another 4xx that is not the documented answer for an unknown id.</exception>
    /// <exception cref="OperationCanceledException">The caller's timeout or stop.</exception>
    Task<StatusAnswer> AskAsync(StatusQuestion question, CancellationToken cancellation);
}

/// <summary>A delivery as it arrived: one webhook request.</summary>
/// <param name="Method">As sent, upper case.</param>
/// <param name="Authority">The Host header as sent; empty where absent.</param>
/// <param name="Path">Without the query, as sent (not decoded).</param>
/// <param name="Headers">Case-insensitive names; several values of one name in order.</param>
/// <param name="ReceivedAt">When we had the whole body.</param>
public sealed record Delivery(
    string Method,
    string Authority,
    string Path,
    IReadOnlyDictionary<string, string[]> Headers,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset ReceivedAt)
{
    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) && values.Length > 0 ? values[0] : null;
}

/// <summary>What verification found. From outside all refusals look the same (401); inside, the reason is counted.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <param name="By">The id of the secret or key that matched.</param>
    public sealed record Verified(string By) : Verdict;

    /// <summary>The connection has neither secrets nor keys: the delivery is a nudge.</summary>
    public sealed record Unverifiable : Verdict;

    public sealed record Refused(RefusalReason Reason) : Verdict;
}

/// <summary>Why a delivery was refused, from what tells least to what tells most: of several signatures, the last of these names the refusal.</summary>
public enum RefusalReason
{
    MissingHeader,
    MalformedHeader,

    /// <summary>The body is not the one that was digested.</summary>
    AlteredBody,

    /// <summary>The signature covers too little (RFC 9421): method, target or body are not in it.</summary>
    NotCovered,

    UnknownKey,

    /// <summary>The algorithm that the delivery names is none of its key's.</summary>
    WrongAlgorithm,

    WrongSignature,

    /// <summary>The signature is right, by a secret that is not live yet, or not any more: a rotation out of step, no forgery.</summary>
    InactiveSecret,

    /// <summary>The signature is right, and too old or from the future: a skewed clock, a late retry, a replay; no forgery.</summary>
    Stale,

    /// <summary>The provider's keys could not be fetched: nothing is known against the delivery, the sender should try again (503).</summary>
    KeysUnavailable,
}

/// <summary>What a body says.</summary>
public abstract record Reading
{
    private Reading()
    {
    }

    public sealed record Observed(Statement Statement) : Reading;

    /// <summary>Understood, and not about a payout (a deposit, a refund, a test ping): acknowledged, counted, ignored.</summary>
    public sealed record Ignored(string Reason) : Reading;

    /// <summary>Kept as evidence that can be read again after a fix.</summary>
    public sealed record Unreadable(string Reason) : Reading;
}

/// <param name="ProviderPayoutId">The payout asked for.</param>
/// <param name="PollsSinceHeard">Polls in a row since the last word, answered or not: 0 for the first. Zayono's deeper check depends on it,
/// and on its moving on when that check fails.</param>
public sealed record StatusQuestion(string ProviderPayoutId, int PollsSinceHeard);

/// <summary>An answer that is evidence: a 2xx, or the documented answer for an unknown id.</summary>
/// <param name="Reading">An answer about another payout than the one asked for is <see cref="Reading.Unreadable"/>.</param>
public sealed record StatusAnswer(int HttpStatus, string? ContentType, byte[] Body, Reading Reading);
