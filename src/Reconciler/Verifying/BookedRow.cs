using Npgsql;

namespace Reconciler.Verifying;

/// <summary>What the book has of one payout, as far as the database can judge it by itself.</summary>
/// <param name="StreamVersion">Of its row in <c>mt_streams</c>; null where it has none.</param>
/// <param name="Told">How many of its moves are changes of the feed.</param>
/// <param name="Astray">The move that does not begin where the one before it ended; null where all do.</param>
/// <param name="NotLast">The standing and the last move, where they differ; null where they do not.</param>
/// <param name="NotShown">The payout's row and the standing, where they differ in money, status, first sighting or last digits.</param>
internal readonly record struct BookedRow(long? StreamVersion, long Told, long? Astray, string? NotLast, string? NotShown)
{
    private const string Standing = """
        (standing.number, standing.connection, standing.provider, standing.status, standing.final, standing.confidence, standing.status_version,
            standing.amount, standing.currency, standing.reference, standing.open_discrepancies, standing.first_seen_at, standing.final_at, standing.failure)
        """;

    private static readonly string Last = Standing.Replace("standing.", "last.", StringComparison.Ordinal);

    private const string ShownOfStanding = """
        (standing.status, standing.amount, standing.currency, standing.first_seen_at, standing.last_digits)
        """;

    private const string ShownOfPayout = """
        (payout.status, payout.amount, payout.currency, payout.first_seen_at, substring(payout.recipient from '([0-9]{4})$'))
        """;

    /// <summary>Of the streams of a page, with the payout's row. Each by a primary key, the moves by payout_moves_by_payout.</summary>
    internal static readonly string AndStored = $"""
        select page.at, stream.version, moves.told, moves.astray,
            case when {Standing} is distinct from {Last} then {Standing}::text || ', and the move is ' || {Last}::text end,
            case when payout.stream_id is not null and standing.stream_id is not null and {ShownOfPayout} is distinct from {ShownOfStanding}
                then {ShownOfStanding}::text || ', and the row is ' || {ShownOfPayout}::text end,
            {StoredRow.Columns}
        from unnest($1) with ordinality as page (id, at)
        left join reconciler.mt_streams as stream on stream.id = page.id
        left join reconciler.payouts as payout on payout.stream_id = page.id
        left join reconciler.payout_standings as standing on standing.stream_id = page.id
        left join lateral (
            select * from reconciler.payout_moves as move where move.stream_id = page.id order by move.number desc limit 1) as last on true
        cross join lateral (
            select count(*) filter (where kind <> 'payout.amended') as told, min(number) filter (where not follows) as astray
            from (
                select number, kind,
                    (from_status, from_amount, coalesce(from_currency, '-'), coalesce(from_day, case when lag(number) over earlier is not null then day end))
                        is not distinct from
                    (lag(status) over earlier, lag(amount) over earlier, coalesce(lag(currency) over earlier, '-'), lag(day) over earlier) as follows
                from reconciler.payout_moves where stream_id = page.id window earlier as (order by number)) as move) as moves
        """;

    private const int ColumnCount = 6;

    internal static (BookedRow Booked, StoredRow? Row) Of(NpgsqlDataReader read) => (
        new BookedRow(
            read.IsDBNull(1) ? null : read.GetInt64(1), read.GetInt64(2), read.IsDBNull(3) ? null : read.GetInt64(3),
            read.IsDBNull(4) ? null : read.GetString(4), read.IsDBNull(5) ? null : read.GetString(5)),
        StoredRow.Of(read, ColumnCount));
}
