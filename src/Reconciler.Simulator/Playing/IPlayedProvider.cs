using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Polls;
using Reconciler.Simulator.Webhooks;

namespace Reconciler.Simulator.Playing;

/// <summary>One of the five providers, played from its published documentation.</summary>
public interface IPlayedProvider
{
    /// <summary>caurisflux, awdpay, zayono, pawapay or zopay.</summary>
    string Name { get; }

    /// <summary>The currency of a payout that names none.</summary>
    string DefaultCurrency { get; }

    /// <summary>The failure codes (or free texts) that the provider documents.</summary>
    IReadOnlyList<string> Failures { get; }

    /// <summary>Waits before each try of one webhook, the first included.</summary>
    IReadOnlyList<TimeSpan> Tries { get; }

    /// <summary>How long the provider waits for the answer to a webhook.</summary>
    TimeSpan AnswerWithin { get; }

    /// <summary>Requests per window that the provider documents; empty where nothing is known.</summary>
    IReadOnlyList<(int Requests, TimeSpan Window)> Limits { get; }

    /// <summary>Whether a payout of this provider can come to stand there at all.</summary>
    bool Knows(Standing standing);

    /// <summary>Whether the provider ever sends a webhook about this standing.</summary>
    bool Sends(Standing standing);

    /// <summary>Whether this answer ends the tries.</summary>
    bool IsAcknowledged(int httpStatus);

    string NewPayoutId(ref Draws draws);

    /// <summary>The webhook's body.</summary>
    void WriteWebhook(Utf8JsonWriter json, SimPayout payout, Claim claim);

    /// <summary>Adds the headers with which the provider sends a webhook, its signature among them.</summary>
    void Sign(WebhookMessage message, HttpRequestMessage request);

    /// <summary>The answer to a request that an error of this kind meets.</summary>
    Refusal Refuse(RefusalKind kind, int retryAfterSeconds);
}
