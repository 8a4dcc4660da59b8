using Reconciler.Access;

namespace Reconciler.Finance;

/// <summary>What a caller asks of the summary, read from the query.</summary>
internal sealed class SummaryFilter
{
    private static readonly string[] Known = [.. PayoutConditions.Known, "by", "bom"];
    private static readonly string[] Dimensions = ["day", "connection", "status"];

    private readonly Conditions query;

    internal SummaryFilter(IQueryCollection given, ReadOnlySpan<byte> recipientKey, AllowedConnections allowed, DateTimeOffset now)
    {
        query = new Conditions(given, Known);
        Payouts = new PayoutConditions(query, recipientKey, allowed, now);
        var by = query.Words("by", Dimensions.Contains, $"It is one of: {string.Join(", ", Dimensions)}. By currency it always is.") ?? Dimensions;
        (ByDay, ByConnection, ByStatus) = (by.Contains("day"), by.Contains("connection"), by.Contains("status"));
        HasBom = query.YesNo("bom") ?? false;
        At = Payouts.KnownAt ?? now;
        // No connection's key holds a star, and no escaped value a separator.
        var asked = given.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .SelectMany(entry => entry.Value, (entry, value) => $"{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(value ?? "")}");
        Key = $"{(allowed.Keys is { } keys ? string.Join(',', keys) : "*")}?{string.Join('&', asked)}";
    }

    internal IReadOnlyList<Hosting.FieldProblem> Problems => query.Problems;

    internal PayoutConditions Payouts { get; }

    internal bool ByDay { get; }

    internal bool ByConnection { get; }

    internal bool ByStatus { get; }

    internal bool HasBom { get; }

    /// <summary>Equal only where the same is asked by those who see the same.</summary>
    internal string Key { get; }

    /// <summary>What ages are counted to.</summary>
    internal DateTimeOffset At { get; }
}
