using System.Globalization;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>What a payout should be, as the service that sends the money knows it.</summary>
/// <param name="Connection">The account with the provider, like <c>zopay-live</c>.</param>
/// <param name="ProviderPayoutId">The provider's id of the payout.</param>
/// <param name="Reference">Your own, 1 to 200 characters; the ledger gets it back with each change.</param>
/// <param name="Amount">In major units: 5000 XOF, 12.50 GHS. Not finer than the currency.</param>
/// <param name="Currency">ISO 4217, like XOF.</param>
public sealed record ExpectedPayout(string Connection, string ProviderPayoutId, string Reference, decimal Amount, string Currency)
{
    /// <summary>The phone number or account; the service keeps it masked.</summary>
    public string? Recipient { get; init; }

    public DateTimeOffset? InitiatedAt { get; init; }

    /// <summary>At most 50 entries.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("connection", Connection);
        json.WriteString("providerPayoutId", ProviderPayoutId);
        json.WriteString("reference", Reference);
        // As text: a JSON number may lose digits on its way.
        json.WriteString("amount", Amount.ToString(CultureInfo.InvariantCulture));
        json.WriteString("currency", Currency);
        if (Recipient is not null) json.WriteString("recipient", Recipient);
        if (InitiatedAt is { } at) json.WriteString("initiatedAt", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (Metadata is not null)
        {
            json.WriteStartObject("metadata");
            foreach (var (name, value) in Metadata) json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
