using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace Reconciler.Finance;

/// <summary>The query of the list, as it is documented. All texts: what does not read is told by name, in one way.</summary>
public sealed record PayoutQuery(
    [property: FromQuery(Name = "connection"), Description("Key of a connection; may be repeated.")] string[]? Connection,
    [property: FromQuery(Name = "provider"), Description("Provider; may be repeated.")] string[]? Provider,
    [property: FromQuery(Name = "status"), Description("Status; may be repeated.")] string[]? Status,
    [property: FromQuery(Name = "final"), Description("true or false.")] string? Final,
    [property: FromQuery(Name = "confidence"), Description("Confidence; may be repeated.")] string[]? Confidence,
    [property: FromQuery(Name = "currency"), Description("ISO 4217 code; may be repeated.")] string[]? Currency,
    [property: FromQuery(Name = "reference"), Description("The payout service's own reference, exactly.")] string? Reference,
    [property: FromQuery(Name = "recipient"), Description("The recipient's full number; it is compared by its keyed digest.")] string? Recipient,
    [property: FromQuery(Name = "minAmount"), Description("Decimal text; inclusive.")] string? MinAmount,
    [property: FromQuery(Name = "maxAmount"), Description("Decimal text; inclusive.")] string? MaxAmount,
    [property: FromQuery(Name = "from"), Description("First seen at or after this RFC 3339 time or day (UTC).")] string? From,
    [property: FromQuery(Name = "to"), Description("First seen before this RFC 3339 time or day (UTC).")] string? To,
    [property: FromQuery(Name = "discrepancy"), Description("Kind of an open discrepancy, or any; may be repeated.")] string[]? Discrepancy,
    [property: FromQuery(Name = "q"), Description("Reference or provider's reference by its beginning, the provider's payout id, the recipient's full number or its last four digits.")] string? Q,
    [property: FromQuery(Name = "sort"), Description("-firstSeenAt (newest first, the default) or firstSeenAt.")] string? Sort,
    [property: FromQuery(Name = "limit"), Description("1 to 500; 50 where not given. Not for CSV, which is whole.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("nextCursor of the page before, with the same filters.")] string? Cursor,
    [property: FromQuery(Name = "knownAt"), Description("As the feed had told it by this RFC 3339 time, which is not in the future: the same whenever it is asked.")] string? KnownAt,
    [property: FromQuery(Name = "bom"), Description("true: CSV begins with the byte order mark that spreadsheets want.")] string? Bom);
