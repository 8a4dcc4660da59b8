using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Appending;

/// <summary>
/// Rows turned into array parameters, one per column, for <c>unnest</c>: side by side in a select list, since each that stands in a from
/// list would be written to a store of its own and read back.
/// </summary>
internal static class Columns
{
    internal static NpgsqlParameter Texts<TRow>(List<TRow> rows, Func<TRow, string?> column) => Of(rows, column, NpgsqlDbType.Text);

    internal static NpgsqlParameter Bytes<TRow>(List<TRow> rows, Func<TRow, byte[]?> column) => Of(rows, column, NpgsqlDbType.Bytea);

    internal static NpgsqlParameter Of<TRow, T>(List<TRow> rows, Func<TRow, T> column, NpgsqlDbType type)
    {
        var values = new T[rows.Count];
        for (var at = 0; at < values.Length; at++) values[at] = column(rows[at]);
        return new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
