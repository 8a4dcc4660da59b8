using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Personal;

namespace Reconciler.Appending;

/// <summary>
/// Keeps the bytes of a batch, each once, and tells which came for the first time. The unique key (connection, digest) is the permanent
/// dedupe; a row's counter that equals what this batch added says that nobody was before us, here or on another node. What is kept is
/// sealed, each row under a salt of its own, so that they need not wait for their payout to be read.
/// </summary>
internal sealed class EvidenceRows
{
    // Served by the primary key; inserted in its order, so that two nodes cannot wait for each other in a ring.
    private const string Insert = """
        insert into reconciler.evidence as kept (connection, digest, stream_id, body, salt, content_type, http_status, verified_by, delivery_id,
            unreadable, deliveries, nudges, answers, received_at, last_seen_at)
        select *, received_at from (select unnest($1) as connection, unnest($2) as digest, unnest($3) as stream_id, unnest($4) as body,
            unnest($5) as salt, unnest($6) as content_type, unnest($7) as http_status, unnest($8) as verified_by,
            unnest($9) as delivery_id, unnest($10) as unreadable, unnest($11) as deliveries, unnest($12) as nudges,
            unnest($13) as answers, unnest($14) as received_at) as came
        """;

    private const string Upsert = Insert + """

        on conflict (connection, digest) do update set
            deliveries = kept.deliveries + excluded.deliveries,
            nudges = kept.nudges + excluded.nudges,
            answers = kept.answers + excluded.answers,
            verified_by = coalesce(kept.verified_by, excluded.verified_by),
            delivery_id = coalesce(kept.delivery_id, excluded.delivery_id),
            last_seen_at = greatest(kept.last_seen_at, excluded.last_seen_at)
        returning connection, digest, deliveries, nudges, answers
        """;

    // Served by the primary key, which is said twice (see PayoutWrites). The row of this very transaction: nobody ever saw its salt.
    private const string Erase = """
        update reconciler.evidence as kept set body = null, salt = null, headers = null, erased_at = $3
        from (select unnest($1) as connection, unnest($2) as digest) as late
        where kept.connection = any($1) and kept.digest = any($2) and kept.connection = late.connection and kept.digest = late.digest
            and kept.erased_at is null
        """;

    private readonly PersonalBox personal;
    private readonly List<Came> rows;
    private readonly Dictionary<(string Connection, EvidenceDigest Digest), Came> byKey = [];

    internal EvidenceRows(IEnumerable<Evidence> evidence, PersonalBox personal)
    {
        this.personal = personal;
        foreach (var one in evidence)
        {
            var key = (one.Connection.ToString(), one.Digest);
            if (!byKey.TryGetValue(key, out var came)) byKey.Add(key, came = new Came(one, one.Digest.ToBytes()));
            came.Count(one.Kind);
        }

        rows = [.. byKey.Values.OrderBy(came => came.First.Connection).ThenBy(came => came.First.Digest)];
    }

    /// <summary>One that was not kept before in any kind; null where there is none.</summary>
    internal Evidence? FirstNew => rows.Find(row => row.IsNew)?.First;

    /// <summary>Whether a batch failed because bytes that were taken for new were there.</summary>
    internal static bool WereKnown(PostgresException error) => error is
        { SchemaName: "reconciler", SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "evidence_pkey" };

    /// <summary>Takes all of them for new, without asking; <see cref="AddNewTo"/> then has the database refuse the batch where one is not.</summary>
    internal void TakeForNew() => rows.ForEach(row => row.Stored(row.Deliveries, row.Nudges, row.Answers));

    internal void AddNewTo(NpgsqlBatch batch) => Add(batch, Insert);

    /// <summary>To be followed by <see cref="ReadAsync"/>, which reads what they met.</summary>
    internal void AddTo(NpgsqlBatch batch) => Add(batch, Upsert);

    private void Add(NpgsqlBatch batch, string sql)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(Columns.Texts(rows, row => row.First.Connection.ToString()));
        command.Parameters.Add(Columns.Bytes(rows, row => row.Digest));
        command.Parameters.Add(Columns.Texts(rows, row => row.First.StreamId));
        var salts = PersonalBox.NewSalts(rows.Count);
        command.Parameters.Add(Columns.Bytes([.. rows.Zip(salts)], row => Sealed(personal, row.First.First, row.Second)));
        command.Parameters.Add(Columns.Bytes(salts, salt => salt));
        command.Parameters.Add(Columns.Texts(rows, row => row.First.ContentType));
        command.Parameters.Add(Columns.Of(rows, row => row.First.HttpStatus, NpgsqlDbType.Integer));
        command.Parameters.Add(Columns.Texts(rows, row => row.First.VerifiedBy));
        command.Parameters.Add(Columns.Texts(rows, row => row.First.DeliveryId));
        command.Parameters.Add(Columns.Texts(rows, row => row.First.Unreadable));
        command.Parameters.Add(Columns.Of(rows, row => row.Deliveries, NpgsqlDbType.Integer));
        command.Parameters.Add(Columns.Of(rows, row => row.Nudges, NpgsqlDbType.Integer));
        command.Parameters.Add(Columns.Of(rows, row => row.Answers, NpgsqlDbType.Integer));
        command.Parameters.Add(Columns.Of(rows, row => row.First.ReceivedAt, NpgsqlDbType.TimestampTz));
        batch.BatchCommands.Add(command);
    }

    internal async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        while (await reader.ReadAsync(cancellation))
        {
            var digest = EvidenceDigest.FromBytes(reader.GetFieldValue<byte[]>(1));
            byKey[(reader.GetString(0), digest)].Stored(reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4));
        }

        await reader.NextResultAsync(cancellation);
    }

    /// <summary>
    /// What came about a payout after it was erased leaves its digest, and what it said; the bytes go as they came. So do bytes about one that
    /// nobody knows: what no stream names would not be found when it is to be erased.
    /// </summary>
    internal void AddErasureTo(NpgsqlBatch batch, PayoutRows payouts, DateTimeOffset now)
    {
        AddErasure(batch, rows.ConvertAll(row => row.First).FindAll(one => one.StreamId is { } id && payouts.KeepsNoBytes(id)), now);
    }

    /// <summary>Erases the bytes of rows that this very transaction wrote.</summary>
    internal static void AddErasure(NpgsqlBatch batch, List<Evidence> late, DateTimeOffset now)
    {
        if (late.Count == 0) return;
        var command = new NpgsqlBatchCommand(Erase);
        command.Parameters.Add(Columns.Texts(late, one => one.Connection.ToString()));
        command.Parameters.Add(Columns.Bytes(late, one => one.Digest.ToBytes()));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToMicrosecond(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        batch.BatchCommands.Add(command);
    }

    internal static byte[] Sealed(PersonalBox personal, Evidence kept, byte[] salt) =>
        KeptBytesSeal.Seal(personal, salt, kept.StreamId, kept.Connection, kept.Digest, kept.Body, kept.HeadersJson);

    /// <summary>Whether these bytes come for the first time in their kind. True once: the next item with the same bytes is a duplicate.</summary>
    internal bool IsFirst(Evidence evidence) => byKey[(evidence.Connection.ToString(), evidence.Digest)].TakeFirst(evidence.Kind);

    private sealed class Came(Evidence first, byte[] digest)
    {
        private bool firstDelivery;
        private bool firstNudge;

        internal Evidence First { get; } = first;

        internal byte[] Digest { get; } = digest;

        internal int Deliveries { get; private set; }

        internal int Nudges { get; private set; }

        internal int Answers { get; private set; }

        internal void Count(EvidenceKind kind) => (Deliveries, Nudges, Answers) = kind switch
        {
            EvidenceKind.Delivery => (Deliveries + 1, Nudges, Answers),
            EvidenceKind.Nudge => (Deliveries, Nudges + 1, Answers),
            EvidenceKind.Answer => (Deliveries, Nudges, Answers + 1),
        };

        internal bool IsNew { get; private set; }

        internal void Stored(int deliveries, int nudges, int answers)
        {
            (firstDelivery, firstNudge) = (deliveries == Deliveries, nudges == Nudges);
            IsNew = firstDelivery && firstNudge && answers == Answers;
        }

        internal bool TakeFirst(EvidenceKind kind)
        {
            var isFirst = kind switch
            {
                EvidenceKind.Delivery => firstDelivery,
                EvidenceKind.Nudge => firstNudge,
                EvidenceKind.Answer => true,
            };
            if (kind == EvidenceKind.Delivery) firstDelivery = false;
            if (kind == EvidenceKind.Nudge) firstNudge = false;
            return isFirst;
        }
    }
}
