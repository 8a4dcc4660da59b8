using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Core;

namespace Reconciler.Pages.Front;

/// <summary>How many cases of a kind are open, by how long they have been.</summary>
public sealed record CasesByAge(DiscrepancyKind Kind, long UnderOneHour, long UnderOneDay, long UnderThreeDays, long Older)
{
    // Served by discrepancies_open.
    private const string Open = """
        select kind, count(*) filter (where opened_at > $1 - interval '1 hour'),
            count(*) filter (where opened_at <= $1 - interval '1 hour' and opened_at > $1 - interval '1 day'),
            count(*) filter (where opened_at <= $1 - interval '1 day' and opened_at > $1 - interval '3 days'),
            count(*) filter (where opened_at <= $1 - interval '3 days')
        from reconciler.discrepancies where closed_at is null and ($2::varchar[] is null or connection = any($2)) group by kind order by count(*) desc, kind
        """;

    public long All => UnderOneHour + UnderOneDay + UnderThreeDays + Older;

    internal static async Task<List<CasesByAge>> ReadAsync(
        NpgsqlDataSource database, AllowedConnections allowed, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Open);
        command.Parameters.Add(new NpgsqlParameter { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)allowed.Keys ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<CasesByAge>();
        while (await rows.ReadAsync(cancellation))
            found.Add(new CasesByAge(EnumWords<DiscrepancyKind>.Parse(rows.GetString(0)), rows.GetInt64(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4)));
        return found;
    }
}
