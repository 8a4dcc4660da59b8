using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Finance.Cases;

namespace Reconciler.Finance.Periods;

/// <summary>Closes periods and reads closed ones.</summary>
internal sealed class ClosedPeriods(NpgsqlDataSource database, Summaries summaries, AuditLog audit, TimeProvider clock)
{
    // The primary key lets one closing win, on whatever node.
    private const string Insert = $"""
        insert into reconciler.closed_periods (connection, period, first_day, last_day, position, moves, known_at, closed_at, closed_by, totals)
        values ($1, $2, $3, $4, $5, (select coalesce(max(number), 0) from reconciler.payout_moves where known_at <= $6), $6, $6, $7, $8)
        on conflict (connection, period) do nothing
        returning {PeriodAnswer.Columns}
        """;

    // By the primary key.
    private const string One = $"select {PeriodAnswer.Columns} from reconciler.closed_periods where connection = $1 and period = $2";

    /// <summary>Freezes the totals as they are known now.</summary>
    /// <returns>Null where the period was closed before.</returns>
    /// <exception cref="Bookkeeping.BookBehind">The book is too far behind to wait for.</exception>
    internal async Task<PeriodAnswer?> CloseAsync(ConnectionKey connection, Period period, Actor by, CancellationToken cancellation)
    {
        if (await FindAsync(connection, period, cancellation) is not null) return null;
        var now = clock.GetUtcNow().ToMicrosecond();
        var summary = await summaries.ReadAsync(FilterOf(connection, period, now), cancellation);
        // The page of the period names whoever closed it.
        await Person.RememberAsync(database, by, cancellation);
        await using var session = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        await using var insert = new NpgsqlCommand(Insert, session);
        insert.Parameters.Add(new NpgsqlParameter { Value = connection.ToString() });
        insert.Parameters.Add(new NpgsqlParameter { Value = period.Text });
        insert.Parameters.Add(new NpgsqlParameter { Value = period.FirstDay });
        insert.Parameters.Add(new NpgsqlParameter { Value = period.LastDay });
        insert.Parameters.Add(new NpgsqlParameter { Value = summary.Position });
        insert.Parameters.Add(new NpgsqlParameter { Value = now });
        insert.Parameters.Add(new NpgsqlParameter { Value = by.Reference });
        insert.Parameters.Add(new NpgsqlParameter
        {
            Value = JsonSerializer.SerializeToUtf8Bytes(summary.Rows, JsonShapes.Answered), NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        if ((await ReadAsync(insert, cancellation)).FirstOrDefault() is not { } closed) return null;
        await audit.RecordAsync(session, by, "period.closed", $"period:{connection}/{period.Text}", before: null, after: closed.Totals, why: null, cancellation);
        await transaction.CommitAsync(cancellation);
        return closed;
    }

    /// <summary>What closing it now would freeze.</summary>
    /// <exception cref="Bookkeeping.BookBehind">The book is too far behind to wait for.</exception>
    internal Task<SummaryAnswer> PreviewAsync(ConnectionKey connection, Period period, CancellationToken cancellation) =>
        summaries.ReadAsync(FilterOf(connection, period, clock.GetUtcNow().ToMicrosecond()), cancellation);

    internal async Task<PeriodAnswer?> FindAsync(ConnectionKey connection, Period period, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(One);
        command.Parameters.Add(new NpgsqlParameter { Value = connection.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = period.Text });
        return (await ReadAsync(command, cancellation)).FirstOrDefault();
    }

    internal static async Task<List<PeriodAnswer>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<PeriodAnswer>();
        while (await rows.ReadAsync(cancellation)) found.Add(PeriodAnswer.Of(rows));
        return found;
    }

    /// <summary>The summary that a period's totals are.</summary>
    internal static SummaryFilter FilterOf(ConnectionKey connection, Period period, DateTimeOffset knownAt) => new(
        new QueryCollection(new Dictionary<string, StringValues>
        {
            ["connection"] = connection.ToString(),
            ["from"] = period.FirstDay.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            ["to"] = InstantConverter.Text(period.End),
            ["knownAt"] = InstantConverter.Text(knownAt),
            ["by"] = new(["day", "status"]),
        }),
        recipientKey: [], AllowedConnections.All, knownAt);
}
