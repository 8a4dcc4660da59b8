using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using Reconciler.Bookkeeping;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Finance;

/// <summary>Pages of payouts as they were known at a time: the same bytes whenever they are asked for.</summary>
internal sealed class KnownPayouts(NpgsqlDataSource database, Book book, ReadTurns turns)
{
    /// <exception cref="BookBehind">The book is too far behind to wait for.</exception>
    internal Task<KnownMoment> MomentAsync(PayoutFilter filter, CancellationToken cancellation) => book.MomentAsync(filter.Payouts.KnownAt!.Value, cancellation);

    /// <summary>The page that the filter names.</summary>
    internal async Task<KnownPayoutPage> PageAsync(PayoutFilter filter, CancellationToken cancellation)
    {
        var moment = await MomentAsync(filter, cancellation);
        var rows = await ReadAsync(filter, moment, filter.After, filter.Limit + 1, cancellation);
        var next = rows.Count > filter.Limit ? CursorAfter(filter, rows[filter.Limit - 1]).Text : null;
        return new KnownPayoutPage(moment.At, moment.Position, [.. rows.Take(filter.Limit)], next);
    }

    internal async Task<List<KnownPayoutAnswer>> ReadAsync(
        PayoutFilter filter, KnownMoment moment, Cursor? after, int limit, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(cancellation);
        await using var command = database.CreateCommand();
        var page = filter.AddPageTo(command.Parameters, moment.Move, after, limit);
        command.CommandText = Sql(filter.Payouts, page);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<KnownPayoutAnswer>();
        while (await rows.ReadAsync(cancellation)) found.Add(Of(rows));
        return found;
    }

    internal static Cursor CursorAfter(PayoutFilter filter, KnownPayoutAnswer last) => filter.CursorAt(last.FirstSeenAt, last.Id);

    // Served by payout_moves_by_first_seen, which has this order; a reference by payout_moves_by_reference, an id by payout_moves_by_payout.
    internal static string Sql(PayoutConditions payouts, PageBound page) => $"""
        select stream_id, provider, reference, status, confidence, status_version, amount, currency, failure::text, open_discrepancies,
            first_seen_at, final_at, recorded_at, position
        from reconciler.payout_moves as move
        where number <= $1 and {payouts.OnMoves(page)} and {KnownMoves.IsLast}
        {page.Order()}
        """;

    private static KnownPayoutAnswer Of(NpgsqlDataReader row)
    {
        var id = PayoutId.Parse(row.GetString(0));
        var status = EnumWords<PayoutStatus>.Parse(row.GetString(3));
        var amount = row.IsDBNull(6) ? null : ChangeRows.Shown(row.GetDecimal(6), row.GetString(7));
        return new KnownPayoutAnswer(
            id.StreamId, id.Connection, EnumWords<Provider>.Parse(row.GetString(1)), id.ProviderPayoutId, row.IsDBNull(2) ? null : row.GetString(2),
            status, status.IsFinal(), EnumWords<Confidence>.Parse(row.GetString(4)), row.GetInt64(5), amount?.Text, amount?.Currency,
            row.IsDBNull(8) ? null : JsonSerializer.Deserialize<Failure>(row.GetString(8), JsonShapes.Answered),
            [.. row.GetFieldValue<string[]>(9).Select(EnumWords<DiscrepancyKind>.Parse).Order()],
            row.GetFieldValue<DateTimeOffset>(10), row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
            row.GetFieldValue<DateTimeOffset>(12), row.GetInt64(13));
    }
}

/// <param name="Position">The last change of the feed that was known then.</param>
/// <param name="NextCursor">For the next page; null on the last one.</param>
public sealed record KnownPayoutPage(DateTimeOffset KnownAt, long Position, IReadOnlyList<KnownPayoutAnswer> Items, string? NextCursor);

/// <summary>A payout as the feed had told it by a time. It has what the feed tells, and nothing that moves without it.</summary>
/// <param name="Reference">As the payout service announced it.</param>
/// <param name="FinalRecordedAt">When it was recorded that the status turned final.</param>
/// <param name="ChangedAt">When its last change was recorded.</param>
/// <param name="Position">Of its last change.</param>
public sealed record KnownPayoutAnswer(
    string Id,
    ConnectionKey Connection,
    Provider Provider,
    string ProviderPayoutId,
    string? Reference,
    PayoutStatus Status,
    bool Final,
    Confidence Confidence,
    long StatusVersion,
    string? Amount,
    string? Currency,
    Failure? Failure,
    ImmutableArray<DiscrepancyKind> OpenDiscrepancies,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset? FinalRecordedAt,
    DateTimeOffset ChangedAt,
    long Position);
