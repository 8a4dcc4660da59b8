using Npgsql;

namespace Reconciler.Appending;

/// <summary>Salts of payouts about which something was announced beside their money. Each is written once, and gone when the payout is erased.</summary>
internal static class SaltRows
{
    // Served by the primary key, which is said twice (see PayoutWrites).
    private const string Keep = """
        update reconciler.payouts as payout set data_salt = told.salt
        from (select unnest($1) as stream_id, unnest($2) as salt) as told
        where payout.stream_id = any($1) and payout.stream_id = told.stream_id
        """;

    internal static void AddTo(NpgsqlBatch batch, List<PayoutRow> changed)
    {
        var told = changed.FindAll(row => row.HasNewSalt);
        if (told.Count == 0) return;
        var command = new NpgsqlBatchCommand(Keep);
        command.Parameters.Add(Columns.Texts(told, row => row.Id.StreamId));
        command.Parameters.Add(Columns.Bytes(told, row => row.DataSalt!));
        batch.BatchCommands.Add(command);
    }
}
