using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>What a caller asks of the list, read from the query.</summary>
internal sealed class PayoutFilter
{
    internal const int LimitDefault = 50;
    internal const int LimitMax = 500;

    private const string AnyDiscrepancy = "any";
    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;

    private static readonly string[] Known =
    [
        "connection", "provider", "status", "final", "confidence", "currency", "reference", "recipient", "minAmount", "maxAmount",
        "from", "to", "discrepancy", "q", "sort", "limit", "cursor",
    ];

    private readonly Conditions conditions;
    private readonly bool descending;

    internal PayoutFilter(IQueryCollection query, ReadOnlySpan<byte> recipientKey)
    {
        conditions = new Conditions(query, Known);
        var connections = conditions.Words("connection", word => ConnectionKey.TryParse(word, out _), "It is no connection's key.");
        conditions.Where("connection = any({0})", connections, Texts);
        conditions.Where("provider = any({0})", conditions.Words<Provider>("provider"), Texts);
        conditions.Where("status = any({0})", conditions.Words<PayoutStatus>("status"), Texts);
        conditions.Where("final = {0}", conditions.YesNo("final"), NpgsqlDbType.Boolean);
        conditions.Where("confidence = any({0})", conditions.Words<Confidence>("confidence"), Texts);
        conditions.Where("currency = any({0})", conditions.Words("currency", IsCurrency, "It is not an ISO 4217 code, like XOF."), Texts);
        // Served by payouts_by_reference.
        conditions.Where("reference = {0}", conditions.Text("reference"), NpgsqlDbType.Text);
        // Served by payouts_by_recipient.
        if (conditions.Text("recipient") is { } recipient)
            conditions.Where("recipient_digest = {0}", RecipientMask.Mask(recipient, recipientKey).Digest, NpgsqlDbType.Text);
        conditions.Where("amount >= {0}", Amount("minAmount"), NpgsqlDbType.Numeric);
        conditions.Where("amount <= {0}", Amount("maxAmount"), NpgsqlDbType.Numeric);
        conditions.Where("first_seen_at >= {0}", conditions.Instant("from"), NpgsqlDbType.TimestampTz);
        conditions.Where("first_seen_at < {0}", conditions.Instant("to"), NpgsqlDbType.TimestampTz);
        WhereDiscrepancy();
        WhereMatches(conditions.Text("q"));
        descending = conditions.Text("sort") is not { } sort || Descending(sort);
        Limit = conditions.Whole("limit", 1, LimitMax, LimitDefault);
        After = AfterCursor();
    }

    internal IReadOnlyList<Hosting.FieldProblem> Problems => conditions.Problems;

    internal int Limit { get; }

    internal Cursor? After { get; }

    internal Cursor CursorAt(KeptPayout last) => new(last.FirstSeenAt, last.Payout.Id.StreamId, descending);

    /// <summary>One page in the order of payouts_by_first_seen, which serves it where nothing more selective is asked.</summary>
    internal async Task<List<KeptPayout>> ReadAsync(NpgsqlDataSource database, Cursor? after, int limit, CancellationToken cancellation)
    {
        await using var command = conditions.Page(
            database, $"select {KeptPayout.Columns} from reconciler.payouts", ("first_seen_at", "stream_id", descending), after, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var page = new List<KeptPayout>();
        while (await rows.ReadAsync(cancellation)) page.Add(KeptPayout.Of(rows));
        return page;
    }

    private decimal? Amount(string name) =>
        conditions.Parsed<decimal>(name, TryAmount, "It is plain decimal text, like 5000 or 5000.00.");

    private static bool TryAmount(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount) && amount <= Money.Max;

    private static bool IsCurrency(string word) => Core.Currency.TryParse(word, out var code) && code.Code == word;

    private void WhereDiscrepancy()
    {
        var kinds = conditions.Words(
            "discrepancy", word => word == AnyDiscrepancy || EnumWords<DiscrepancyKind>.TryParse(word, out _),
            $"It is any, or one of: {string.Join(", ", EnumWords<DiscrepancyKind>.All)}.");
        if (kinds is null) return;
        if (kinds.Contains(AnyDiscrepancy)) conditions.Where("open_discrepancies <> '{}'");
        else conditions.Where("open_discrepancies && {0}::varchar[]", kinds, Texts);
    }

    // Each branch has an index of its own: payouts_by_reference, payouts_by_provider_reference, and the primary key.
    private void WhereMatches(string? q)
    {
        if (q is null) return;
        var beginning = conditions.Parameter(q.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_") + "%", NpgsqlDbType.Text);
        var whole = conditions.Parameter(q, NpgsqlDbType.Text);
        conditions.Where($"""
            (reference like {beginning} or provider_reference like {beginning} or stream_id = {whole}
                or stream_id = any(array(select key || '/' || {whole} from reconciler.connections)))
            """);
    }

    private bool Descending(string sort)
    {
        if (sort is not ("firstSeenAt" or "-firstSeenAt")) conditions.Refuse("sort", "It is firstSeenAt or -firstSeenAt.");
        return sort.StartsWith('-');
    }

    private Cursor? AfterCursor()
    {
        if (conditions.Text("cursor", Cursor.CharactersMax) is not { } text) return null;
        var cursor = Cursor.Read(text, descending, id => PayoutId.TryParse(id, null, out _) ? id : null);
        if (cursor is null) conditions.Refuse("cursor", "It is not a nextCursor of this list in this order.");
        return cursor;
    }
}
