using System.Globalization;
using NpgsqlTypes;
using Npgsql;
using Reconciler.Access;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// What a caller asks of payouts, by the part of the query that can answer it: the same filters for the list, its exports and the summary,
/// as things are and as they were known.
/// </summary>
internal sealed class PayoutConditions
{
    /// <summary>The parameters that are read here.</summary>
    internal static readonly string[] Known =
    [
        "connection", "provider", "status", "final", "confidence", "currency", "reference", "recipient", "minAmount", "maxAmount",
        "from", "to", "discrepancy", "q", "knownAt",
    ];

    private const string AnyDiscrepancy = "any";
    private const string Finals = "('succeeded', 'failed', 'cancelled', 'expired')";
    private const int DigitsShown = 4;

    private readonly Conditions query;
    private readonly bool? final;
    private readonly DateTimeOffset? from;
    private readonly DateTimeOffset? to;
    private readonly int everywhere;
    private readonly int onStandings;
    private readonly string? beginning;
    private readonly string? whole;
    private readonly string? digits;

    internal PayoutConditions(Conditions query, ReadOnlySpan<byte> recipientKey, AllowedConnections allowed, DateTimeOffset now)
    {
        this.query = query;
        // The first parameter of every query: the position that the book is known to have reached, or the last move that was known.
        query.Parameter(0L, NpgsqlDbType.Bigint);
        KnownAt = query.Instant("knownAt");
        if (KnownAt > now) query.Refuse("knownAt", "It lies in the future: what will be known cannot be told.");

        query.WhereAllowed(allowed);
        query.WhereAny("connection", query.Words("connection", word => ConnectionKey.TryParse(word, out _), "It is no connection's key."));
        query.WhereAny("provider", query.Words<Provider>("provider"));
        query.WhereAny("status", query.Words<PayoutStatus>("status"));
        query.WhereAny("currency", query.Words("currency", IsCurrency, "It is not an ISO 4217 code, like XOF."));
        everywhere = query.Written.Count;

        final = query.YesNo("final");
        // Spelled as the partial indexes spell it.
        if (final is { } isFinal) query.Where(isFinal ? "final" : "not final");
        query.Where("amount >= {0}", Amount("minAmount"), NpgsqlDbType.Numeric);
        query.Where("amount <= {0}", Amount("maxAmount"), NpgsqlDbType.Numeric);
        WhereDiscrepancy();
        onStandings = query.Written.Count;
        (from, to) = (query.Instant("from"), query.Instant("to"));
        query.Where("first_seen_at >= {0}", from, NpgsqlDbType.TimestampTz);
        query.Where("first_seen_at < {0}", to, NpgsqlDbType.TimestampTz);
        Dates = query.Written.Count - onStandings;

        query.WhereAny("confidence", query.Words<Confidence>("confidence"));
        HasConfidence = query.Written.Count > onStandings + Dates;
        var reference = query.Text("reference");
        query.Where("reference = {0}", reference, NpgsqlDbType.Text);
        var recipient = query.Text("recipient");
        if (recipient is not null) query.Where("recipient_digest = {0}", RecipientMask.Mask(recipient, recipientKey).Digest, NpgsqlDbType.Text);
        if (recipient is not null && KnownAt is not null) query.Refuse("recipient", "The feed does not tell recipients: it cannot be asked with knownAt.");
        if (query.Text("q") is { } text)
        {
            beginning = query.Parameter(text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_") + "%", NpgsqlDbType.Text);
            whole = query.Parameter(text, NpgsqlDbType.Text);
            digits = text.Length == DigitsShown && text.All(char.IsAsciiDigit) ? whole
                : text.Count(char.IsAsciiDigit) > DigitsShown && !text.Any(char.IsLetter)
                    ? query.Parameter(RecipientMask.Mask(text, recipientKey).Digest, NpgsqlDbType.Text) : null;
            IsNumber = digits is not null && digits != whole;
        }

        IsLookup = reference is not null || recipient is not null || whole is not null;
    }

    internal DateTimeOffset? KnownAt { get; }

    /// <summary>Whether something is asked that has an index of its own on the payouts and leaves few of them.</summary>
    internal bool IsLookup { get; }

    /// <summary>Whether something is asked that the standings have indexes for.</summary>
    internal bool NamesStandings => onStandings > 0;

    internal bool HasConfidence { get; }

    /// <summary>Whether sums by whole days can answer it.</summary>
    internal bool IsByTotals => !IsLookup && !HasConfidence && onStandings - everywhere <= (final is null ? 0 : 1) && IsMidnight(from) && IsMidnight(to);

    private int Dates { get; }

    private bool IsNumber { get; }

    private IEnumerable<string> Written => query.Written;

    /// <summary>On the payouts' own rows.</summary>
    /// <param name="page">A further condition on <c>(first_seen_at, stream_id)</c> and how many rows are wanted at most; null: all.</param>
    internal string OnPayouts(PageBound? page = null) => And([.. Written, .. page.Conditions(), .. Matches(page)]);

    /// <summary>On the rows of the standings: what their columns cannot say is asked of the payout's own row.</summary>
    internal string OnStandings(PageBound? page = null)
    {
        var onRows = Written.Skip(onStandings + Dates).Concat(Matches(page: null)).ToList();
        return And([
            .. Written.Take(onStandings + Dates), .. page.Conditions(),
            .. onRows.Count == 0 ? (IEnumerable<string>)[] :
                [$"exists (select from reconciler.payouts as row where row.stream_id = standing.stream_id and {And(onRows)})"],
        ]);
    }

    /// <summary>On the rows of the moves.</summary>
    internal string OnMoves(PageBound? page = null) => And([.. Written, .. page.Conditions(), .. MatchesKnown(), SeenByThen]);

    /// <summary>On the rows of the totals; only where <see cref="IsByTotals"/>.</summary>
    internal string OnTotals(string day = "day")
    {
        var all = Written.Take(everywhere).ToList();
        if (final is { } isFinal) all.Add(isFinal ? $"status in {Finals}" : $"status not in {Finals}");
        if (from is { } first) all.Add($"{day} >= '{Day(first)}'");
        if (to is { } last) all.Add($"{day} < '{Day(last)}'");
        return And(all);
    }

    /// <param name="first">The value of the first parameter.</param>
    internal void AddParametersTo(NpgsqlParameterCollection parameters, long first)
    {
        query.AddParametersTo(parameters);
        parameters[0].Value = first;
    }

    private static string And(IReadOnlyCollection<string> all) => all.Count == 0 ? "true" : string.Join(" and ", all);

    // Each branch has an index of its own: payouts_by_reference, payouts_by_provider_reference, the primary key, payouts_by_recipient,
    // payout_standings_by_last_digits.
    private IEnumerable<string> Matches(PageBound? page)
    {
        if (whole is null) yield break;
        // Cut to a page only where nothing further is asked of what it finds.
        var bound = Written.Count() > onStandings + Dates ? null : page;
        var byNumber = digits is null ? "" : IsNumber ? $"or recipient_digest = {digits}" : $"""
            or stream_id = any(array(
                select stream_id from reconciler.payout_standings as standing where last_digits = {digits} and
                {And([.. Written.Take(onStandings + Dates), .. bound.Conditions()])} {bound.Order()}))
            or (right(recipient, {DigitsShown}) = {digits} and stream_id = any(array(
                select stream_id from reconciler.changes where position > $1 union select stream_id from reconciler.payout_amendments)))
            """;
        yield return $"""
            (reference like {beginning} or provider_reference like {beginning} or stream_id = {whole}
                or stream_id = any(array(select key || '/' || {whole} from reconciler.connections)) {byNumber})
            """;
    }

    // What the feed has told: payout_moves_by_reference and payout_moves_by_payout.
    private IEnumerable<string> MatchesKnown()
    {
        if (whole is null) yield break;
        yield return $"""
            (reference like {beginning} or stream_id = {whole} or stream_id = any(array(select key || '/' || {whole} from reconciler.connections)))
            """;
    }

    // It was seen before it was known, and no clock of ours runs a day ahead: of what came later nothing is read.
    internal string SeenByThen => KnownAt is { } then ? $"first_seen_at < '{InstantConverter.Text(then.AddDays(1))}'" : "true";

    private void WhereDiscrepancy()
    {
        var kinds = query.Words(
            "discrepancy", word => word == AnyDiscrepancy || EnumWords<DiscrepancyKind>.TryParse(word, out _),
            $"It is any, or one of: {string.Join(", ", EnumWords<DiscrepancyKind>.All)}.");
        if (kinds is null) return;
        // Spelled as the partial index spells it, in either case.
        query.Where("open_discrepancies <> '{}'");
        if (!kinds.Contains(AnyDiscrepancy)) query.Where("open_discrepancies && {0}::varchar[]", kinds, NpgsqlDbType.Array | NpgsqlDbType.Text);
    }

    private decimal? Amount(string name) =>
        query.Parsed<decimal>(name, TryAmount, "It is plain decimal text, like 5000 or 5000.00.");

    private static bool TryAmount(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount) && amount <= Money.Max;

    private static bool IsCurrency(string word) => Currency.TryParse(word, out var code) && code.Code == word;

    private static bool IsMidnight(DateTimeOffset? at) => at is not { } time || time.UtcDateTime.TimeOfDay == TimeSpan.Zero;

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Where a page begins, and its size.</summary>
/// <param name="After">A condition on <c>(first_seen_at, stream_id)</c>; null for the first page.</param>
internal sealed record PageBound(string? After, bool Descending, int Limit);

internal static class PageBounds
{
    internal static IEnumerable<string> Conditions(this PageBound? page) => page?.After is { } after ? [after] : [];

    internal static string Order(this PageBound? page) => page is null ? ""
        : string.Create(CultureInfo.InvariantCulture, $"order by first_seen_at {Direction(page)}, stream_id {Direction(page)} limit {page.Limit}");

    private static string Direction(PageBound page) => page.Descending ? "desc" : "asc";
}
