using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>One message of a provider, before it is written in the provider's shape.</summary>
/// <param name="Word">The status word.</param>
/// <param name="AmountJson">The amount as a JSON token: <c>5000</c>, <c>"5000"</c>, <c>null</c>, or something hostile.</param>
public sealed record Sample(string Id, string Word, string AmountJson, string Currency = "XOF");

/// <summary>What a provider gives to the contract that all five share: its words, its shapes, and how it signs.</summary>
public abstract class ProviderSamples
{
    public abstract Provider Provider { get; }

    /// <summary>Made-up values for every credential; none may turn up in a fault's text.</summary>
    public abstract ImmutableDictionary<string, Secret> Credentials { get; }

    /// <summary>The API's options: the defaults, unless the samples are of another form of the same API.</summary>
    public virtual ImmutableDictionary<string, string> Options(ImmutableDictionary<string, string> defaults) => defaults;

    /// <summary>A payout id as this provider makes them.</summary>
    public abstract string PayoutId { get; }

    public abstract string OtherPayoutId { get; }

    /// <summary>A documented word for success.</summary>
    public abstract string SuccessWord { get; }

    /// <summary>Every documented status word of an answer.</summary>
    public abstract ImmutableArray<(string Word, ObservedStatus Status)> AnswerWords { get; }

    /// <summary>Every documented status word of a webhook.</summary>
    public abstract ImmutableArray<(string Word, ObservedStatus Status)> WebhookWords { get; }

    /// <summary>How this provider writes an amount: a JSON number unless overridden.</summary>
    public virtual string AmountJson(string digits) => digits;

    /// <summary>A whole answer to a status request.</summary>
    public abstract string Answer(Sample sample);

    /// <summary>A whole webhook body.</summary>
    public abstract string Webhook(Sample sample);

    /// <summary>How the provider says that it does not know the id.</summary>
    public abstract ServedAnswer UnknownId { get; }

    /// <summary>Answers requests that are not status requests (a token exchange); null for a status request.</summary>
    public virtual ServedAnswer? Aside(ServedRequest request) => null;

    /// <summary>The adapter's own reading of a status answer.</summary>
    internal abstract Reading ReadAnswer(ReadOnlyMemory<byte> body);

    /// <summary>The defaults, with this class's own secrets or keys filled in.</summary>
    public abstract WebhookSettings Webhooks(WebhookSettings defaults);

    /// <summary>Signs as the provider does. <paramref name="forged"/>: with a key that is not the connection's.</summary>
    public abstract Delivery Sign(byte[] body, DateTimeOffset sentAt, DateTimeOffset receivedAt, bool forged = false);

    /// <summary>The id of the secret or key with which <see cref="Sign"/> signs.</summary>
    public abstract string SignedBy { get; }

    /// <summary>The header that holds the signature itself.</summary>
    public abstract string SignatureHeader { get; }

    /// <summary>The headers without which nothing can be verified.</summary>
    public abstract ImmutableArray<string> NeededHeaders { get; }

    /// <summary>Whether the signature covers a time, so that a stale delivery can be told.</summary>
    public virtual bool Stamps => true;

    public Sample Success => new(PayoutId, SuccessWord, AmountJson("5000"));
}
