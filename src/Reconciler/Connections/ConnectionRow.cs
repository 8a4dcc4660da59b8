using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>A connection as it is stored. Its parts are read where they are needed: what cannot be read can still be replaced.</summary>
internal sealed record ConnectionRow(ConnectionKey Key, string Settings, byte[] SealedSecrets, long Revision, DateTimeOffset UpdatedAt)
{
    public const string Columns = "key, settings::text, sealed_secrets, revision, updated_at";

    public ConnectionDocument Document => ConnectionDocument.Parse(Settings);

    public static ConnectionRow Of(Npgsql.NpgsqlDataReader row) => new(
        ConnectionKey.Parse(row.GetString(0)),
        row.GetString(1),
        row.GetFieldValue<byte[]>(2),
        row.GetInt64(3),
        row.GetFieldValue<DateTimeOffset>(4));
}
