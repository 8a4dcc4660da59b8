using Npgsql;
using Reconciler.Streams;

namespace Reconciler.Verifying.Chains;

/// <summary>A row of <c>mt_events</c> as it lies there: nothing of it is believed.</summary>
/// <param name="Link">What its headers say; null where they say nothing.</param>
/// <param name="IsOurs">Whether the columns that the link does not cover are as we write them.</param>
internal sealed record ChainedRow(long Seq, LinkedEvent Event, string? Link, bool IsOurs)
{
    internal const string Columns = """
        stream_id, version, id, type, mt_dotnet_type, timestamp, correlation_id, causation_id, data, headers->>'link', seq_id,
        bdata is null and tenant_id = '*DEFAULT*' and is_archived is false
            and coalesce(jsonb_typeof(headers) = 'object' and headers - 'link' = '{}', true)
        """;

    internal static ChainedRow Of(NpgsqlDataReader row) => new(
        row.GetInt64(10),
        new LinkedEvent(
            row.GetString(0), row.GetInt64(1), row.GetGuid(2), row.GetString(3), Text(row, 4), row.GetFieldValue<DateTimeOffset>(5), Text(row, 6),
            Text(row, 7), row.GetFieldValue<byte[]>(8)),
        Text(row, 9),
        row.GetBoolean(11));

    /// <summary>The link's bytes; null where it is none.</summary>
    internal byte[]? LinkBytes()
    {
        var bytes = new byte[EventChain.DigestBytes];
        return Link is not null && Convert.TryFromBase64String(Link, bytes, out var length) && length == bytes.Length ? bytes : null;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
