using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ledger;
using Reconciler.Streams;

namespace Reconciler.Verifying;

/// <summary>Some streams with all that is derived from them, of one snapshot. Each is known by its place in the page.</summary>
internal sealed class StreamPage
{
    // Each stream by its index, in the order of its versions.
    private const string Events = """
        select page.at, happened.version, happened.type, happened.data
        from unnest($1) with ordinality as page (id, at)
        cross join lateral (select version, type, data from reconciler.mt_events where stream_id = page.id order by version) as happened
        """;

    private const string Cases = """
        select page.at, one.id, one.kind, one.closed_at is null
        from unnest($1) with ordinality as page (id, at) join reconciler.discrepancies as one on one.stream_id = page.id
        """;

    // What the book does not have yet.
    private const string Beyond = """
        select stream_id, true from reconciler.changes
        where position > (select position from reconciler.book_progress) and stream_id = any($1)
        union all
        select stream_id, false from reconciler.payout_amendments where stream_id = any($1)
        """;

    private readonly Dictionary<string, (int Changes, bool Amended)> beyond = [];
    private readonly Folded[] folds;
    private readonly StoredRow?[] rows;
    private readonly BookedRow[] booked;
    private readonly Dictionary<int, List<(Guid Id, string Kind, bool Open)>> cases = [];

    private StreamPage(string[] ids)
    {
        Ids = ids;
        folds = new Folded[ids.Length];
        rows = new StoredRow?[ids.Length];
        booked = new BookedRow[ids.Length];
        Array.Fill(folds, Folded.None);
    }

    internal string[] Ids { get; }

    internal Folded Fold(int place) => folds[place];

    /// <summary>The payout's row; null where there is none.</summary>
    internal StoredRow? Row(int place) => rows[place];

    internal BookedRow Booked(int place) => booked[place];

    internal IReadOnlyList<(Guid Id, string Kind, bool Open)> CasesOf(int place) => cases.TryGetValue(place, out var known) ? known : [];

    /// <summary>How many changes of the stream the book does not have yet, and whether its row moved since without one.</summary>
    internal (int Changes, bool Amended) BeyondBook(string id) => beyond.GetValueOrDefault(id);

    internal static async Task<StreamPage> ReadAsync(NpgsqlConnection connection, string[] ids, CancellationToken cancellation)
    {
        var page = new StreamPage(ids);
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var sql in (string[])[Events, BookedRow.AndStored, Cases, Beyond])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
            {
                Parameters = { new NpgsqlParameter { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
            });
        }

        await using var read = await batch.ExecuteReaderAsync(cancellation);
        while (await read.ReadAsync(cancellation)) page.Fold(read);
        await EachAsync(page.TakeRow);
        await EachAsync(page.TakeCase);
        await EachAsync(page.TakeBeyond);
        return page;

        async Task EachAsync(Action<NpgsqlDataReader> take)
        {
            await read.NextResultAsync(cancellation);
            while (await read.ReadAsync(cancellation)) take(read);
        }
    }

    private void Fold(NpgsqlDataReader read)
    {
        var place = Place(read);
        var (before, version) = (folds[place], read.GetInt64(1));
        PayoutEvent? happened = null;
        var trouble = before.Trouble;
        try
        {
            happened = PayoutStreams.Registry.Decode(read.GetString(2), read.GetFieldValue<byte[]>(3)) as PayoutEvent;
            if (happened is not null && happened.Payout.StreamId != Ids[place]) trouble ??= $"version {version} is an event of {happened.Payout}";
        }
        catch (Exception unreadable) when (unreadable is UnreadableEvent or UnknownEventType)
        {
            trouble ??= unreadable.Message;
        }

        folds[place] = new Folded(
            happened is null ? before.Payout : Payout.Evolve(before.Payout, happened),
            version,
            before.Told + (happened is not null && ChangeKind.Of(happened) is not null ? 1 : 0),
            before.IsDense && version == before.Version + 1,
            trouble);
    }

    private void TakeRow(NpgsqlDataReader read) => (booked[Place(read)], rows[Place(read)]) = BookedRow.Of(read);

    private void TakeCase(NpgsqlDataReader read)
    {
        if (!cases.TryGetValue(Place(read), out var known)) cases[Place(read)] = known = [];
        known.Add((read.GetGuid(1), read.GetString(2), read.GetBoolean(3)));
    }

    private void TakeBeyond(NpgsqlDataReader read)
    {
        var (changes, amended) = beyond.GetValueOrDefault(read.GetString(0));
        beyond[read.GetString(0)] = read.GetBoolean(1) ? (changes + 1, amended) : (changes, true);
    }

    private static int Place(NpgsqlDataReader read) => (int)read.GetInt64(0) - 1;
}

/// <param name="Version">Of its last event; 0 where it has none.</param>
/// <param name="Told">How many of its events are changes of the feed.</param>
/// <param name="Trouble">Why an event could not be folded in; null where all could.</param>
internal sealed record Folded(Payout? Payout, long Version, long Told, bool IsDense, string? Trouble)
{
    internal static readonly Folded None = new(null, 0, 0, true, null);
}
