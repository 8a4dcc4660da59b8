using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Simulator.Faults;

namespace Reconciler.Simulator.Payouts;

/// <summary>The body of <c>POST /sim/payouts</c>: payouts to start, what becomes of them, and what goes wrong on the way.</summary>
public sealed record PayoutOrder
{
    /// <summary>Which connection, like <c>zopay-sim</c>.</summary>
    public string? Connection { get; init; }

    /// <summary>How many alike, 1 to 200,000.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Only with a count of 1; drawn otherwise, in the provider's form.</summary>
    public string? ProviderPayoutId { get; init; }

    /// <summary>Major units, at most two decimals; a number or a string. Drawn where absent.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public decimal? Amount { get; init; }
    public string? Currency { get; init; }
    public string? Recipient { get; init; }

    /// <summary>With a count above 1, <c>-1</c>, <c>-2</c>… is appended.</summary>
    public string? Reference { get; init; }

    /// <summary>succeeded, failed, cancelled, expired, pending or processing (both are stayed in); pawaPay also: rejected.</summary>
    public string Outcome { get; init; } = "succeeded";
    public string? FailureCode { get; init; }
    public int? PendingForMs { get; init; }
    public int? FinalAfterMs { get; init; }

    /// <summary>The payouts start one after the other, spread over this time.</summary>
    public int StartOverMs { get; init; }

    /// <summary>Part of every draw: another run with the same seed gets other ids.</summary>
    public string Run { get; init; } = "";
    public ReversalOrder? Reversal { get; init; }
    public WebhookFaultOrder? Webhooks { get; init; }
    public PollFaultOrder? Polls { get; init; }
}

public sealed record ReversalOrder(string? Outcome, int AfterMs);

public sealed record WebhookFaultOrder
{
    public Chance Drop { get; init; }
    public int DelayMs { get; init; }
    public int Duplicate { get; init; }
    public Chance Reorder { get; init; }
    public Chance Forge { get; init; }
    public Chance Alter { get; init; }
    public Chance ReplayStale { get; init; }
    public LieOrder? Lie { get; init; }
}

public sealed record PollFaultOrder
{
    public LieOrder? Lie { get; init; }
    public IReadOnlyList<PollErrorOrder> Errors { get; init; } = [];
}

/// <param name="Status">One of the statuses, or "unknown" for a word that nobody documents.</param>
public sealed record LieOrder(string? Status, int Times = 1);

/// <summary>A kind alone (<c>"429"</c>) is met once; with <c>times</c> that often, with <c>rate</c> by chance.</summary>
[JsonConverter(typeof(PollErrorOrderConverter))]
public sealed record PollErrorOrder(string Kind, int Times, Chance Rate);

public sealed class PollErrorOrderConverter : JsonConverter<PollErrorOrder>
{
    // A null in the list is an error to be told, not an entry.
    public override bool HandleNull => true;

    public override PollErrorOrder Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new PollErrorOrder(reader.GetString()!, 1, default);
        }

        var spelled = JsonSerializer.Deserialize<Spelled>(ref reader, options);
        return spelled?.Kind is { } kind
            ? new PollErrorOrder(kind, spelled.Times ?? (spelled.Rate is null ? 1 : 0), spelled.Rate ?? default)
            : throw new JsonException("A poll error is a kind like \"429\", or {\"kind\", \"times\"} or {\"kind\", \"rate\"}.");
    }

    public override void Write(Utf8JsonWriter writer, PollErrorOrder value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Spelled(value.Kind, value.Times, value.Rate), options);

    private sealed record Spelled(string? Kind, int? Times = null, Chance? Rate = null);
}
