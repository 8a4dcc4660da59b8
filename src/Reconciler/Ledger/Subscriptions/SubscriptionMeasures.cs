using System.Diagnostics.Metrics;
using Reconciler.Core;
using Reconciler.Telemetry;

namespace Reconciler.Ledger.Subscriptions;

internal static class SubscriptionMeasures
{
    private static readonly Meter Meter = new(Measures.Name);

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "reconciler.webhooks.attempts", "{attempt}", "Attempts to tell subscribers of changes, by subscription and outcome.");

    internal static void Attempt(Guid subscription, AttemptOutcome outcome) =>
        Attempts.Add(1, new KeyValuePair<string, object?>("subscription", subscription.ToString()), new("outcome", outcome.Word()));

    internal static Measurement<long> Of(long value, Guid subscription) =>
        new(value, new KeyValuePair<string, object?>("subscription", subscription.ToString()));
}
