using System.Data;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Finance;

/// <summary>One row of the read model. What it shows is what its columns say; the state adds what has no column.</summary>
internal sealed record KeptPayout(Payout Payout, Provider Provider, Derived Derived, DateTimeOffset? NextPollAt, long Version)
{
    internal const string Columns = "state, provider, status, confidence, rule, next_poll_at, version, first_seen_at, stream_id, erased_at, data_salt";

    // Served by the primary key.
    private const string ById = $"select {Columns} from reconciler.payouts where stream_id = $1";

    /// <summary>The row's place in the list's order; it never differs from the column that is sorted by.</summary>
    internal required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>When its personal data was erased; null where it was not.</summary>
    internal DateTimeOffset? ErasedAt { get; private init; }

    /// <summary>Opens what was announced beside the money.</summary>
    internal byte[]? DataSalt { get; private init; }

    internal static async Task<KeptPayout?> FindAsync(NpgsqlDataSource database, PayoutId id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(ById);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id.StreamId, NpgsqlDbType = NpgsqlDbType.Text });
        await using var rows = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        return await rows.ReadAsync(cancellation) ? Of(rows) : null;
    }

    internal static KeptPayout Of(NpgsqlDataReader row)
    {
        var payout = PayoutState.Read(PayoutId.Parse(row.GetString(8)), row.GetFieldValue<byte[]>(0));
        return new KeptPayout(
            payout,
            EnumWords<Provider>.Parse(row.GetString(1)),
            Derivation.Derive(payout) with
            {
                Status = EnumWords<PayoutStatus>.Parse(row.GetString(2)),
                Confidence = EnumWords<Confidence>.Parse(row.GetString(3)),
                Rule = EnumWords<DerivationRule>.Parse(row.GetString(4)),
            },
            row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
            row.GetInt64(6))
        {
            FirstSeenAt = row.GetFieldValue<DateTimeOffset>(7),
            ErasedAt = row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
            DataSalt = row.IsDBNull(10) ? null : row.GetFieldValue<byte[]>(10),
        };
    }
}
