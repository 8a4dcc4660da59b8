using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Ledger.Parity;

/// <summary>
/// What a subscriber claims, in a temporary table of one session, and how it differs from what we have. The server sorts and joins,
/// with what it spills on disk: a million payouts need no more of our memory than a thousand, and lines may come in any order. No
/// snapshot is held while a caller sends or reads slowly.
/// </summary>
internal sealed class ParityTable : IAsyncDisposable
{
    private const int CompareSecondsMax = 600;
    private const int PageRows = 2_000;

    private const string Create = """
        drop table if exists pg_temp.parity_claims, pg_temp.parity_differences;
        create temporary table parity_claims (line bigint not null, stream_id varchar, status_version bigint, status varchar, problem varchar);
        create temporary table parity_differences (
            number bigint primary key, difference varchar not null, line bigint, stream_id varchar,
            their_version bigint, their_status varchar, our_version bigint, our_status varchar, problem varchar)
        """;

    private const string Drop = "drop table if exists pg_temp.parity_claims, pg_temp.parity_differences";

    private const string Copy = "copy pg_temp.parity_claims (line, stream_id, status_version, status, problem) from stdin (format binary)";

    // As of a position: what a payout's first change after it moved from; without one, what it has now. So the past needs no index of
    // its own, only the changes after the position, by the primary key. A version between the position and now was taken in early.
    private const string Compare = """
        insert into pg_temp.parity_differences
        with later as materialized (
            select stream_id, status_version, body ->> 'to' as status, body ->> 'from' as was
            from reconciler.changes where position > $1 and kind = 'payout.status_changed'),
        earliest as (
            select distinct on (stream_id) stream_id, status_version - 1 as status_version, was as status from later order by stream_id, status_version),
        ours as (
            select stream_id, payouts.status_version as newest, coalesce(earliest.status_version, payouts.status_version) as status_version,
                case when earliest.status_version is null then payouts.status else earliest.status end as status
            from reconciler.payouts left join earliest using (stream_id)
            where payouts.status_version > 0 and ($2::varchar[] is null or connection = any ($2))),
        compared as (
            select claim.line, coalesce(claim.stream_id, ours.stream_id) as stream_id, claim.status_version as their_version, claim.status as their_status,
                nullif(ours.status_version, 0) as our_version, ours.status as our_status,
                case
                    when ours.newest is null then 'unknown'
                    when claim.line is null then case when ours.status_version > 0 then 'missing' end
                    when claim.status_version < ours.status_version then 'behind'
                    when claim.status_version > ours.newest then 'ahead'
                    when claim.status <> case claim.status_version when ours.status_version then ours.status else later.status end then 'status_differs'
                end as difference
            from (select * from pg_temp.parity_claims where problem is null) as claim
            full join ours on ours.stream_id = claim.stream_id
            left join later on later.stream_id = claim.stream_id and later.status_version = claim.status_version)
        select row_number() over (order by line nulls last, stream_id collate "C"), found.*
        from (
            select difference, line, stream_id, their_version, their_status, our_version, our_status, null as problem from compared where difference is not null
            union all
            select 'bad_line', line, null, null, null, null, null, problem from pg_temp.parity_claims where problem is not null) as found
        """;

    // Served by the primary key.
    private const string Page = """
        select number, difference, line, stream_id, their_version, their_status, our_version, our_status, problem
        from pg_temp.parity_differences where number > $1 order by number limit $2
        """;

    private const string Counts = "select difference, count(*) from pg_temp.parity_differences group by difference";

    private readonly NpgsqlConnection session;

    private ParityTable(NpgsqlConnection session) => this.session = session;

    internal static async Task<ParityTable> CreateAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var session = await database.OpenConnectionAsync(cancellation);
        try
        {
            await using var create = new NpgsqlCommand(Create, session);
            await create.ExecuteNonQueryAsync(cancellation);
            return new ParityTable(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    internal async Task AddAsync(IReadOnlyList<(long Line, ParityClaim? Claim, string? Problem)> lines, CancellationToken cancellation)
    {
        await using var copy = await session.BeginBinaryImportAsync(Copy, cancellation);
        foreach (var (line, claim, problem) in lines)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(line, NpgsqlDbType.Bigint, cancellation);
            await WriteAsync(copy, claim?.Payout.StreamId, cancellation);
            if (claim is null) await copy.WriteNullAsync(cancellation);
            else await copy.WriteAsync(claim.StatusVersion, NpgsqlDbType.Bigint, cancellation);
            await WriteAsync(copy, claim?.Status?.Word(), cancellation);
            await WriteAsync(copy, problem, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    /// <param name="position">Changes after it are no differences.</param>
    /// <param name="connections">Empty: all.</param>
    internal async Task CompareAsync(long position, string[] connections, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginTransactionAsync(cancellation);
        await using (var prepare = new NpgsqlCommand("analyze pg_temp.parity_claims; set local work_mem = '32MB'", session))
            await prepare.ExecuteNonQueryAsync(cancellation);
        await using (var compare = new NpgsqlCommand(Compare, session) { CommandTimeout = CompareSecondsMax })
        {
            compare.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
            compare.Parameters.Add(new NpgsqlParameter
            {
                Value = connections.Length == 0 ? DBNull.Value : connections,
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar,
            });
            await compare.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The caller's lines in their order, then what is missing.</summary>
    internal async IAsyncEnumerable<ParityLine> DifferencesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var page = new List<ParityLine>(PageRows);
        for (var after = 0L; ; after += PageRows)
        {
            page.Clear();
            await using (var query = new NpgsqlCommand(Page, session))
            {
                query.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
                query.Parameters.Add(new NpgsqlParameter<long> { TypedValue = PageRows });
                await using var rows = await query.ExecuteReaderAsync(cancellation);
                while (await rows.ReadAsync(cancellation)) page.Add(LineOf(rows));
            }

            foreach (var line in page) yield return line;
            if (page.Count < PageRows) yield break;
        }
    }

    internal async Task<IReadOnlyDictionary<ParityDifference, long>> CountsAsync(CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand(Counts, session);
        await using var rows = await query.ExecuteReaderAsync(cancellation);
        var counts = new Dictionary<ParityDifference, long>();
        while (await rows.ReadAsync(cancellation)) counts.Add(EnumWords<ParityDifference>.Parse(rows.GetString(0)), rows.GetInt64(1));
        return counts;
    }

    /// <summary>The session goes back to its pool without the tables; where that fails it is broken, and they are gone with it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var drop = new NpgsqlCommand(Drop, session);
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception broken) when (broken is NpgsqlException or InvalidOperationException)
        {
            // Whoever uses the session next drops what may be there, before it makes tables of its own.
        }

        await session.DisposeAsync();
    }

    private static ParityLine LineOf(NpgsqlDataReader row) => new(
        EnumWords<ParityDifference>.Parse(row.GetString(1)),
        row.IsDBNull(2) ? null : row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        StatusOf(row, 4), StatusOf(row, 6),
        row.IsDBNull(8) ? null : row.GetString(8));

    private static ParityStatus? StatusOf(NpgsqlDataReader row, int at) =>
        row.IsDBNull(at) ? null : new ParityStatus(row.GetInt64(at), row.IsDBNull(at + 1) ? null : row.GetString(at + 1));

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellation) =>
        text is null ? copy.WriteNullAsync(cancellation) : copy.WriteAsync(text, NpgsqlDbType.Varchar, cancellation);
}
