using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>
/// What a payout is known by: its connection and the provider's payout id. Its text, <c>{connection}/{providerPayoutId}</c>, is the
/// stream id. A provider's id may itself hold slashes; a connection's key cannot, so the first slash divides them.
/// </summary>
[JsonConverter(typeof(ParsedTextConverter<PayoutId>))]
public readonly record struct PayoutId : IParsable<PayoutId>
{
    /// <summary>UTF-16 units; the longest id that any of the five documents is a UUID of 36.</summary>
    public const int ProviderPayoutIdLengthMax = 200;

    private PayoutId(ConnectionKey connection, string providerPayoutId) =>
        (Connection, ProviderPayoutId, StreamId) = (connection, providerPayoutId, $"{connection}/{providerPayoutId}");

    public ConnectionKey Connection { get; }

    public string ProviderPayoutId { get; }

    public string StreamId { get; }

    /// <summary>
    /// Refuses an empty or over-long id, control characters and broken surrogates, which could not be stored, and dot segments
    /// (<c>..</c>), which every URL on the way collapses: the link would lead to another payout, the poll to another resource.
    /// </summary>
    public static bool TryCreate(ConnectionKey connection, string? providerPayoutId, out PayoutId id)
    {
        id = default;
        if (providerPayoutId is null or { Length: 0 or > ProviderPayoutIdLengthMax } || connection == default) return false;
        for (var at = 0; at < providerPayoutId.Length; at++)
        {
            if (char.IsControl(providerPayoutId[at])) return false;
            if (!char.IsSurrogate(providerPayoutId[at])) continue;
            if (at + 1 == providerPayoutId.Length || !char.IsSurrogatePair(providerPayoutId[at], providerPayoutId[at + 1])) return false;
            at++;
        }

        if (providerPayoutId.Split('/').Any(segment => segment is "." or "..")) return false;
        id = new PayoutId(connection, providerPayoutId);
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PayoutId result)
    {
        result = default;
        var slash = s?.IndexOf('/') ?? -1;
        return slash > 0 && ConnectionKey.TryParse(s![..slash], out var connection) && TryCreate(connection, s[(slash + 1)..], out result);
    }

    /// <exception cref="FormatException">The text is no payout id.</exception>
    public static PayoutId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("A payout's id is {connection}/{providerPayoutId}.");

    public override string ToString() => StreamId ?? "";
}
