using Npgsql;
using NpgsqlTypes;
using Reconciler.Access.Audit;

namespace Reconciler.Access.Keys;

/// <summary>Makes and revokes keys; each act is audited in its own transaction, and in use on this node when it returns.</summary>
internal sealed class ApiKeyStore(NpgsqlDataSource database, AccessDirectory directory, AuditLog audit, TimeProvider clock)
{
    internal const int ListedMax = 10_000;

    /// <summary>Newest first, revoked ones too.</summary>
    public Task<List<ApiKey>> AllAsync(CancellationToken cancellation) => ApiKeyRows.AllAsync(database, ListedMax, cancellation);

    public Task<ApiKey?> FindAsync(Guid id, CancellationToken cancellation) => ApiKeyRows.FindAsync(database, id, cancellation);

    /// <param name="wanted">Its owner, where it names one, is a user whom the directory knows.</param>
    /// <returns>The key and what opens it, which is nowhere else; null where there are as many as there may be.</returns>
    public async Task<(ApiKey Key, string Secret)?> AddAsync(Actor by, WantedKey wanted, CancellationToken cancellation)
    {
        var secret = KeySecret.New();
        await using var writing = await AccessWriting.BeginAsync(database, cancellation);
        await using var insert = writing.Command($"""
            insert into reconciler.api_keys (id, name, hint, digest, scopes, connections, created_at, created_by, expires_at, owner)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
            where (select count(*) from reconciler.api_keys where revoked_at is null) < {ApiKeyRows.InUseMax}
            {ApiKeyRows.Returning}
            """,
            Guid.CreateVersion7(), wanted.Name, secret[^KeySecret.HintCharacters..], KeySecret.Digest(secret), wanted.Scopes.ToArray(),
            wanted.Connections?.ToArray(), clock.GetUtcNow(), by.Reference, wanted.ExpiresAt, wanted.Owner);
        insert.Parameters[5].NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar;
        insert.Parameters[8].NpgsqlDbType = NpgsqlDbType.TimestampTz;
        insert.Parameters[9].NpgsqlDbType = NpgsqlDbType.Uuid;
        if ((await ApiKeyRows.ReadAsync(insert, cancellation)).SingleOrDefault() is not { } key) return null;
        await audit.RecordAsync(writing.Connection, by, "key.created", Subject(key.Id), null, Shown(key), null, cancellation);
        await writing.CommitAsync(cancellation);
        await directory.RefreshAsync(cancellation);
        return (key, secret);
    }

    /// <summary>Revokes for good. A key that is revoked already stays as it is.</summary>
    /// <returns>The key; null where there is none.</returns>
    public async Task<ApiKey?> RevokeAsync(Actor by, Guid id, string? why, CancellationToken cancellation)
    {
        await using var writing = await AccessWriting.BeginAsync(database, cancellation);
        await using var revoke = writing.Command(
            $"update reconciler.api_keys set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null {ApiKeyRows.Returning}",
            id, clock.GetUtcNow(), by.Reference);
        if ((await ApiKeyRows.ReadAsync(revoke, cancellation)).SingleOrDefault() is not { } key) return await FindAsync(id, cancellation);
        await audit.RecordAsync(writing.Connection, by, "key.revoked", Subject(id), Shown(key) with { RevokedAt = null }, Shown(key), why, cancellation);
        await writing.CommitAsync(cancellation);
        await directory.RefreshAsync(cancellation);
        return key;
    }

    private static string Subject(Guid id) => $"key:{id}";

    private static AuditedKey Shown(ApiKey key) => new(key.Name, key.Hint, key.Scopes, key.Connections, key.Owner, key.ExpiresAt, key.RevokedAt);

    private sealed record AuditedKey(
        string Name, string Hint, IReadOnlyList<string> Scopes, IReadOnlyList<string>? Connections, Guid? Owner, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);
}
