using System.Globalization;
using System.Text.Json;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.PawaPay;

/// <summary>The payout object of both generations: the same in a status answer and in a callback.</summary>
public static class PawaPayBodies
{
    public static void WriteV1(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        var market = Market.Of(payout.Currency);
        json.WriteStartObject();
        json.WriteString("payoutId", shownId);
        json.WriteString("status", Word(claim, "SUBMITTED"));
        json.WriteString("amount", Amount(payout));
        json.WriteString("currency", payout.Currency);
        json.WriteString("country", market.Alpha3);
        json.WriteString("correspondent", $"MTN_MOMO_{market.Alpha3}");
        json.WriteStartObject("recipient");
        json.WriteString("type", "MSISDN");
        json.WriteStartObject("address");
        json.WriteString("value", payout.Recipient);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("customerTimestamp", Time(payout.StartedAt));
        json.WriteString("statementDescription", "Simulated payout");
        json.WriteString("created", Time(payout.StartedAt));
        if (claim is { Standing: Standing.Succeeded, Word: null })
        {
            json.WriteString("receivedByRecipient", Time(claim.At));
            json.WriteStartObject("correspondentIds");
            json.WriteString("MTN_INIT", $"INIT{payout.Number}");
            json.WriteString("MTN_FINAL", $"FINAL{payout.Number}");
            json.WriteEndObject();
        }

        WriteFailure(json, payout, claim);
        json.WriteStartObject("metadata");
        json.WriteString("orderId", payout.Reference);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteV2(Utf8JsonWriter json, SimPayout payout, Claim claim, string shownId)
    {
        var market = Market.Of(payout.Currency);
        json.WriteStartObject();
        json.WriteString("payoutId", shownId);
        json.WriteString("status", Word(claim, payout.Number % 5 == 4 ? "IN_RECONCILIATION" : "PROCESSING"));
        json.WriteString("amount", Amount(payout));
        json.WriteString("currency", payout.Currency);
        json.WriteString("country", market.Alpha3);
        json.WriteStartObject("recipient");
        json.WriteString("type", "MMO");
        json.WriteStartObject("accountDetails");
        json.WriteString("phoneNumber", payout.Recipient);
        json.WriteString("provider", $"MTN_MOMO_{market.Alpha3}");
        json.WriteEndObject();
        json.WriteEndObject();

        // May be absent, as integrations report; every third payout goes without.
        if (payout.Number % 3 != 2)
        {
            json.WriteString("clientReferenceId", payout.Reference);
        }

        json.WriteString("customerMessage", "Simulated payout");
        json.WriteString("created", Time(payout.StartedAt));
        if (claim is { Standing: Standing.Succeeded, Word: null })
        {
            json.WriteString("providerTransactionId", $"MTN{payout.Number:D9}");
        }

        WriteFailure(json, payout, claim);
        json.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter json, SimPayout payout, Claim claim)
    {
        if (claim.Word is not null || claim.Standing is not (Standing.Failed or Standing.Cancelled or Standing.Rejected))
        {
            return;
        }

        var code = claim.Standing == Standing.Cancelled ? "MANUALLY_CANCELLED" : payout.FailureCode ?? "OTHER_ERROR";
        json.WriteStartObject("failureReason");
        json.WriteString("failureCode", code);
        json.WriteString("failureMessage", $"Simulated: {code}.");
        json.WriteEndObject();
    }

    private static string Word(Claim claim, string processing) => claim.Word ?? claim.Standing switch
    {
        Standing.Pending => "ACCEPTED",
        Standing.Processing => processing,
        Standing.Succeeded => "COMPLETED",
        Standing.Failed or Standing.Cancelled or Standing.Expired => "FAILED",
        Standing.Rejected => "REJECTED",
    };

    // Trailing zeros are allowed ("5", "5.0", "5.00"), so both forms occur.
    private static string Amount(SimPayout payout) =>
        payout.Amount.ToString(payout.Number % 2 == 0 ? "0.00" : "0.##", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
