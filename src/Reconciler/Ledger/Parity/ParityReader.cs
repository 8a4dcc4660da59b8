using System.Globalization;
using System.Text.Json;
using Reconciler.Core;
using Reconciler.Finance;

namespace Reconciler.Ledger.Parity;

/// <summary>Reads one line strictly: a line that is not understood must not look like one that agrees.</summary>
internal static class ParityReader
{
    internal const int LineBytesMax = 4 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };

    /// <summary>Null where the line is no header, but may be a claim.</summary>
    internal static ParityHeader? Header(byte[] line)
    {
        try
        {
            using var json = JsonDocument.Parse(line, Strict);
            if (json.RootElement.ValueKind != JsonValueKind.Object || json.RootElement.GetPropertyCount() == 0) return null;
            var (position, epoch) = ((long?)null, (Guid?)null);
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null && member.Name is "position" or "epoch") continue;
                if (member.Name == "position" && FeedQuery.TryPosition(member.Value.ToString(), out var known)) position = known;
                else if (member.Name == "epoch" && Guid.TryParse(member.Value.ToString(), out var named)) epoch = named;
                else return null;
            }

            return new ParityHeader(position, epoch);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The claim, or what is wrong with the line.</summary>
    internal static (ParityClaim? Claim, string? Problem) Claim(Line line)
    {
        if (line.Text is not { } text) return (null, $"A line has at most {LineBytesMax} bytes.");
        try
        {
            using var json = JsonDocument.Parse(text, Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Claim(json.RootElement) : (null, "A line is a JSON object.");
        }
        catch (JsonException)
        {
            return (null, "It is no JSON, or a member stands in it twice.");
        }
        catch (InvalidOperationException)
        {
            // The reader checks a text for well-formed Unicode only when it is taken out.
            return (null, "A text in it is not valid Unicode.");
        }
    }

    private static (ParityClaim? Claim, string? Problem) Claim(JsonElement json)
    {
        PayoutId? payout = null;
        long? version = null;
        PayoutStatus? status = null;
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "payout":
                    if (member.Value.ValueKind != JsonValueKind.String || !PayoutId.TryParse(member.Value.GetString(), CultureInfo.InvariantCulture, out var id))
                        return (null, "payout: It is no payout's id, like zopay-live/po_123.");
                    payout = id;
                    break;
                case "statusVersion":
                    if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt64(out var number) || number < 1)
                        return (null, "statusVersion: It is a whole number, 1 or more.");
                    version = number;
                    break;
                case "status":
                    if (member.Value.ValueKind == JsonValueKind.Null) break;
                    if (member.Value.ValueKind != JsonValueKind.String || !EnumWords<PayoutStatus>.TryParse(member.Value.GetString(), out var word))
                        return (null, $"status: It is one of: {string.Join(", ", EnumWords<PayoutStatus>.All)}.");
                    status = word;
                    break;
                default:
                    return (null, "There are only payout, statusVersion and status; position and epoch stand in the first line.");
            }
        }

        if (payout is null) return (null, "payout: It is missing.");
        return version is { } at ? (new ParityClaim(payout.Value, at, status), null) : (null, "statusVersion: It is missing.");
    }
}
