using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Appending;

/// <summary>
/// Writes the rows of the read model that a batch changed. A row that was there is under our lock, so it is updated where it stands, and
/// only what moved: most words move the status and the times, few the facts beside them. A new row that another node made first is met
/// before, by the stream's own insert.
/// </summary>
/// <remarks>
/// A row that was only recalled is not under our lock. It is written by <c>Hear</c>, which names the chain's end that the lane remembers:
/// where the row has another, or the payout was erased, the version becomes null, and the column's constraint refuses the batch.
/// </remarks>
internal static class PayoutWrites
{
    private const string Insert = """
        insert into reconciler.payouts (stream_id, status, final, confidence, rule, status_version, open_discrepancies, last_heard_at,
            last_polled_at, next_poll_at, overdue_at, check_at, final_at, version, polls_since_heard, poll_lease_until, poll_faults, state, chain_end,
            first_seen_at, reference, amount, currency, recipient, recipient_digest, provider_reference, connection, provider, provider_payout_id)
        select stream_id, status, final, confidence, rule, status_version, string_to_array(open_discrepancies, ' '), last_heard_at,
            last_polled_at, next_poll_at, overdue_at, check_at, final_at, version, polls_since_heard, poll_lease_until, poll_faults, state, chain_end,
            first_seen_at, reference, amount, currency, recipient, recipient_digest, provider_reference, connection, provider, provider_payout_id
        from (select unnest($1) as stream_id, unnest($2) as status, unnest($3) as final, unnest($4) as confidence, unnest($5) as rule,
            unnest($6) as status_version, unnest($7) as open_discrepancies, unnest($8) as last_heard_at,
            unnest($9) as last_polled_at, unnest($10) as next_poll_at, unnest($11) as overdue_at, unnest($12) as check_at,
            unnest($13) as final_at, unnest($14) as version, unnest($15) as polls_since_heard, unnest($16) as poll_lease_until,
            unnest($17) as poll_faults, unnest($18) as state, unnest($19) as chain_end, unnest($20) as first_seen_at, unnest($21) as reference,
            unnest($22) as amount, unnest($23) as currency, unnest($24) as recipient, unnest($25) as recipient_digest,
            unnest($26) as provider_reference, unnest($27) as connection, unnest($28) as provider,
            unnest($29) as provider_payout_id) as new
        """;

    // Said twice, the ids lead to the rows by their key under any plan, also one made while the table was empty.
    private const string Move = """
        update reconciler.payouts as payout set
            status = moved.status, final = moved.final, confidence = moved.confidence, rule = moved.rule, status_version = moved.status_version,
            open_discrepancies = string_to_array(moved.open_discrepancies, ' '), last_heard_at = moved.last_heard_at,
            last_polled_at = moved.last_polled_at, next_poll_at = moved.next_poll_at, overdue_at = moved.overdue_at, check_at = moved.check_at,
            final_at = moved.final_at, version = moved.version, polls_since_heard = moved.polls_since_heard,
            poll_lease_until = moved.poll_lease_until, poll_faults = moved.poll_faults, state = moved.state,
            chain_end = moved.chain_end
        from (select unnest($1) as stream_id, unnest($2) as status, unnest($3) as final, unnest($4) as confidence, unnest($5) as rule,
            unnest($6) as status_version, unnest($7) as open_discrepancies, unnest($8) as last_heard_at,
            unnest($9) as last_polled_at, unnest($10) as next_poll_at, unnest($11) as overdue_at, unnest($12) as check_at,
            unnest($13) as final_at, unnest($14) as version, unnest($15) as polls_since_heard, unnest($16) as poll_lease_until,
            unnest($17) as poll_faults, unnest($18) as state, unnest($19) as chain_end) as moved
        where payout.stream_id = any($1) and payout.stream_id = moved.stream_id
        """;

    // What most words move, of a payout without cases that nobody polled meanwhile.
    private const string Hear = """
        update reconciler.payouts as payout set
            status = heard.status, final = heard.final, confidence = heard.confidence, rule = heard.rule, status_version = heard.status_version,
            last_heard_at = heard.last_heard_at, next_poll_at = heard.next_poll_at, overdue_at = heard.overdue_at,
            check_at = least(payout.check_at, heard.due_at), final_at = heard.final_at,
            version = case when payout.chain_end is not distinct from heard.stored_end and payout.erased_at is null then heard.version end,
            state = heard.state, chain_end = heard.chain_end
        from (select unnest($1) as stream_id, unnest($2) as status, unnest($3) as final, unnest($4) as confidence, unnest($5) as rule,
            unnest($6) as status_version, unnest($7) as last_heard_at, unnest($8) as next_poll_at, unnest($9) as overdue_at,
            unnest($10) as final_at, unnest($11) as version, unnest($12) as state, unnest($13) as chain_end, unnest($14) as due_at,
            unnest($15) as stored_end) as heard
        where payout.stream_id = any($1) and payout.stream_id = heard.stream_id
        """;

    private const string Restate = """
        update reconciler.payouts as payout set
            first_seen_at = told.first_seen_at, reference = told.reference, amount = told.amount, currency = told.currency,
            recipient = told.recipient, recipient_digest = told.recipient_digest, provider_reference = told.provider_reference
        from (select unnest($1) as stream_id, unnest($2) as first_seen_at, unnest($3) as reference, unnest($4) as amount,
            unnest($5) as currency, unnest($6) as recipient, unnest($7) as recipient_digest, unnest($8) as provider_reference) as told
        where payout.stream_id = any($1) and payout.stream_id = told.stream_id
        """;

    /// <summary>Whether a batch failed because a row was not as the lane remembered it.</summary>
    internal static bool IsOutdated(PostgresException error) => error is
        { SchemaName: "reconciler", SqlState: PostgresErrorCodes.NotNullViolation, TableName: "payouts", ColumnName: "version" };

    /// <param name="first">Where in the batch the rows that were there are written: before their streams, in whose order all others lock them.</param>
    internal static void AddTo(NpgsqlBatch batch, List<PayoutRow> changed, int first)
    {
        var written = changed.ConvertAll(row => new Written(row, row.Payout!, Derivation.Derive(row.Payout!), PayoutColumns.Of(row.Payout!, row.IsErased)));
        foreach (var row in changed) row.State = PayoutState.Write(row.Payout!);
        AddInsert(batch, written.FindAll(one => one.Row.StoredVersion == 0));
        var known = written.FindAll(one => one.Row.StoredVersion > 0);
        AddRestate(batch, known.FindAll(one => one.Shown != one.Row.StoredColumns));
        AddHear(batch, known.FindAll(one => one.Row.OnlyHeard), first);
        AddMove(batch, known.FindAll(one => !one.Row.OnlyHeard));
    }

    private static void AddInsert(NpgsqlBatch batch, List<Written> rows)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(Insert);
        AddMoving(command.Parameters, rows);
        AddShown(command.Parameters, rows);
        command.Parameters.Add(Columns.Texts(rows, one => one.Payout.Id.Connection.ToString()));
        command.Parameters.Add(Columns.Texts(rows, one => one.Row.Provider.Word()));
        command.Parameters.Add(Columns.Texts(rows, one => one.Payout.Id.ProviderPayoutId));
        batch.BatchCommands.Add(command);
    }

    private static void AddHear(NpgsqlBatch batch, List<Written> rows, int first)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(Hear);
        var parameters = command.Parameters;
        AddStatus(parameters, rows);
        parameters.Add(Columns.Of(rows, one => one.Payout.LastHeardAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.NextPollAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.OverdueAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Payout.FinalAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.Version, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Bytes(rows, one => one.Row.State));
        parameters.Add(Columns.Bytes(rows, one => one.Row.ChainEnd));
        parameters.Add(Columns.Of(rows, one => one.Row.DueAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Bytes(rows, one => one.Row.StoredEnd));
        batch.BatchCommands.Insert(first, command);
    }

    private static void AddMove(NpgsqlBatch batch, List<Written> rows)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(Move);
        AddMoving(command.Parameters, rows);
        batch.BatchCommands.Add(command);
    }

    private static void AddRestate(NpgsqlBatch batch, List<Written> rows)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(Restate);
        command.Parameters.Add(Columns.Texts(rows, one => one.Payout.Id.StreamId));
        AddShown(command.Parameters, rows);
        batch.BatchCommands.Add(command);
    }

    private static void AddStatus(NpgsqlParameterCollection parameters, List<Written> rows)
    {
        parameters.Add(Columns.Texts(rows, one => one.Payout.Id.StreamId));
        parameters.Add(Columns.Texts(rows, one => one.Derived.Status.Word()));
        parameters.Add(Columns.Of(rows, one => one.Derived.Status.IsFinal(), NpgsqlDbType.Boolean));
        parameters.Add(Columns.Texts(rows, one => one.Derived.Confidence.Word()));
        parameters.Add(Columns.Texts(rows, one => one.Derived.Rule.Word()));
        parameters.Add(Columns.Of(rows, one => one.Payout.StatusVersion, NpgsqlDbType.Bigint));
    }

    private static void AddMoving(NpgsqlParameterCollection parameters, List<Written> rows)
    {
        AddStatus(parameters, rows);
        parameters.Add(Columns.Texts(rows, one => one.Payout.Cases.IsEmpty ? "" : string.Join(' ', one.Payout.OpenCases.Select(known => known.Kind.Word()))));
        parameters.Add(Columns.Of(rows, one => one.Payout.LastHeardAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Payout.LastPolledAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.NextPollAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.OverdueAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.CheckAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Payout.FinalAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.Version, NpgsqlDbType.Bigint));
        parameters.Add(Columns.Of(rows, one => one.Payout.PollsSinceHeard, NpgsqlDbType.Integer));
        parameters.Add(Columns.Of(rows, one => one.Row.PollLeaseUntil, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Of(rows, one => one.Row.PollFaults, NpgsqlDbType.Integer));
        parameters.Add(Columns.Bytes(rows, one => one.Row.State));
        parameters.Add(Columns.Bytes(rows, one => one.Row.ChainEnd));
    }

    private static void AddShown(NpgsqlParameterCollection parameters, List<Written> rows)
    {
        parameters.Add(Columns.Of(rows, one => one.Shown.FirstSeenAt, NpgsqlDbType.TimestampTz));
        parameters.Add(Columns.Texts(rows, one => one.Shown.Reference));
        parameters.Add(Columns.Of(rows, one => one.Shown.Amount, NpgsqlDbType.Numeric));
        parameters.Add(Columns.Texts(rows, one => one.Shown.Currency));
        parameters.Add(Columns.Texts(rows, one => one.Shown.Recipient?.Masked));
        parameters.Add(Columns.Texts(rows, one => one.Shown.Recipient?.Digest));
        parameters.Add(Columns.Texts(rows, one => one.Shown.ProviderReference));
    }

    private sealed record Written(PayoutRow Row, Payout Payout, Derived Derived, PayoutColumns Shown);
}
