using System.Collections.Immutable;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Connections;

/// <summary>One column whose values are sealed: each row is sealed anew on its own, and only while it still is what was read.</summary>
/// <param name="Key">The column that names the row, as text.</param>
/// <param name="BoundTo">What the row's key makes of itself: sealed bytes open for this text only.</param>
/// <param name="Box">Which generation's key seals it.</param>
internal sealed record SealedRows(string Table, string Key, string Column, Func<string, string> BoundTo, Func<KeyRing, SecretBox> Box)
{
    private const int BatchRows = 100;

    /// <summary>Everything that is sealed under the ring. Whoever adds a sealed column adds it here, else retiring an old key loses it.</summary>
    public static ImmutableArray<SealedRows> All { get; } =
    [
        new("reconciler.connections", "key", "sealed_secrets", key => $"connection/{key}", ring => ring.Secrets()),
        new("reconciler.subscriptions", "id", "sealed_secrets", id => $"subscription/{id}", ring => ring.Secrets()),
        new("reconciler.cookie_keys", "name", "sealed", name => $"cookie-key/{name}", ring => ring.Cookies()),
    ];

    /// <summary>Seals anew what is not sealed under the newest key: rows at a time, so that it can end anywhere and be begun again.</summary>
    /// <returns>How many were sealed anew, and which do not open at all.</returns>
    public async Task<(int Sealed, IReadOnlyList<string> Unreadable)> SealAnewAsync(NpgsqlDataSource database, KeyRing ring, CancellationToken cancellation)
    {
        var box = Box(ring);
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        var done = 0;
        while (await NextAsync(database, box.Head, unreadable, cancellation) is { Count: > 0 } rows)
        {
            var anew = new List<(string Key, byte[] Before, byte[] After)>();
            foreach (var (key, before) in rows)
            {
                try
                {
                    anew.Add((key, before, box.Seal(BoundTo(key), box.Open(BoundTo(key), before))));
                }
                catch (CryptographicException)
                {
                    unreadable.Add(key);
                }
            }

            done += await WriteAsync(database, anew, cancellation);
        }

        return (done, [.. unreadable.Select(key => $"{Table} {key}").Order(StringComparer.Ordinal)]);
    }

    private async Task<List<(string Key, byte[] Sealed)>> NextAsync(
        NpgsqlDataSource database, byte[] head, HashSet<string> passedOver, CancellationToken cancellation)
    {
        await using var read = database.CreateCommand($"""
            select {Key}::text, {Column} from {Table}
            where substring({Column} from 1 for length($1)) <> $1 and not {Key}::text = any($2) order by 1 limit {BatchRows}
            """);
        read.Parameters.Add(new NpgsqlParameter { Value = head });
        read.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. passedOver] });
        await using var row = await read.ExecuteReaderAsync(cancellation);
        var rows = new List<(string, byte[])>();
        while (await row.ReadAsync(cancellation)) rows.Add((row.GetString(0), row.GetFieldValue<byte[]>(1)));
        return rows;
    }

    // What somebody changed meanwhile stays as they made it, and is met again in the next batch if they used the old key.
    private async Task<int> WriteAsync(NpgsqlDataSource database, List<(string Key, byte[] Before, byte[] After)> anew, CancellationToken cancellation)
    {
        await using var write = database.CreateCommand($"""
            update {Table} set {Column} = anew.after
            from unnest($1, $2, $3) as anew (key, before, after) where {Table}.{Key}::text = anew.key and {Table}.{Column} = anew.before
            """);
        write.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. anew.Select(one => one.Key)] });
        write.Parameters.Add(new NpgsqlParameter { Value = anew.ConvertAll(one => one.Before).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        write.Parameters.Add(new NpgsqlParameter { Value = anew.ConvertAll(one => one.After).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        return await write.ExecuteNonQueryAsync(cancellation);
    }
}
