using System.Data;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Bookkeeping;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>
/// Reads summaries: of one snapshot, exact at its position. A whole team looks at the same ones, and each change lets all their pages ask
/// again at once: they share the reading.
/// </summary>
internal sealed class Summaries(NpgsqlDataSource database, Book book, ReadTurns turns)
{
    private const string Progress = """
        select position, (select position from reconciler.feed_head), waiting_position is not distinct from position from reconciler.book_progress
        """;

    private readonly SharedReads<SummaryAnswer> shared = new();

    /// <exception cref="BookBehind">Of what was known at a time, where the book is too far behind to wait for.</exception>
    internal Task<SummaryAnswer> ReadAsync(SummaryFilter filter, CancellationToken cancellation) =>
        shared.ReadAsync(filter.Key, () => ReadNowAsync(filter, CancellationToken.None), cancellation);

    private async Task<SummaryAnswer> ReadNowAsync(SummaryFilter filter, CancellationToken cancellation)
    {
        var known = filter.Payouts.KnownAt is { } at ? await book.MomentAsync(at, cancellation) : (KnownMoment?)null;
        using var turn = await turns.TakeAsync(cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var (kept, head, hasWaiting) = known is { } moment ? (moment.Move, moment.Position, false) : await PositionsAsync(connection, cancellation);
        await using var batch = new NpgsqlBatch(connection);
        var rows = new NpgsqlBatchCommand(SummarySql.Rows(filter));
        filter.Payouts.AddParametersTo(rows.Parameters, kept);
        batch.BatchCommands.Add(rows);
        var ages = new NpgsqlBatchCommand();
        filter.Payouts.AddParametersTo(ages.Parameters, kept);
        var since = new List<string>();
        foreach (var band in SummarySql.Bands)
        {
            ages.Parameters.Add(new NpgsqlParameter { Value = filter.At - band, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            since.Add($"${ages.Parameters.Count}");
        }

        ages.CommandText = hasWaiting && filter.Payouts.IsByTotals ? WaitingSql.Ages(filter, since) : SummarySql.Ages(filter, since);
        batch.BatchCommands.Add(ages);
        return await ReadAsync(batch, filter, head, cancellation);
    }

    private static async Task<SummaryAnswer> ReadAsync(NpgsqlBatch batch, SummaryFilter filter, long position, CancellationToken cancellation)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var rows = new List<SummaryRow>();
        while (await reader.ReadAsync(cancellation))
        {
            var currency = Text(reader, 3);
            rows.Add(new SummaryRow(
                reader.IsDBNull(0) ? null : reader.GetFieldValue<DateOnly>(0), Text(reader, 1),
                Text(reader, 2) is { } status ? EnumWords<PayoutStatus>.Parse(status) : null,
                currency, reader.GetInt64(4), SummedAmount.Text(reader.GetDecimal(5), currency)));
        }

        await reader.NextResultAsync(cancellation);
        var ages = new List<AgeRow>();
        while (await reader.ReadAsync(cancellation))
        {
            var currency = Text(reader, 2);
            ages.Add(new AgeRow(
                (AgeBand)reader.GetInt32(0), Text(reader, 1), currency, reader.GetInt64(3), SummedAmount.Text(reader.GetDecimal(4), currency)));
        }

        return new SummaryAnswer(position, filter.At.ToMicrosecond(), filter.Payouts.KnownAt, rows, ages);
    }

    private static async Task<(long Kept, long Head, bool HasWaiting)> PositionsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Progress, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.GetInt64(1), row.GetBoolean(2));
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
