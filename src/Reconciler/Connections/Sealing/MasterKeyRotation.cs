using System.Security.Cryptography;
using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;

namespace Reconciler.Connections;

/// <summary>
/// Puts a new master key in the place of the old one while the service runs. First both keys open the ring, which has a new data key by
/// then; when every node has learnt it, each sealed row is sealed anew. From there on nodes may start with either master key. Retiring
/// the old one is a step of its own, for when no node needs it any more. Every step can be cut off anywhere, and done again.
/// </summary>
internal sealed class MasterKeyRotation(NpgsqlDataSource database, Installation installation, AuditLog audit, TimeProvider clock)
{
    private const string Subject = "installation";

    /// <summary>Within this every running node that reaches the database knows a new data key.</summary>
    public static readonly TimeSpan LearntWithin = ConnectionRegistry.LookInterval + TimeSpan.FromSeconds(3);

    /// <param name="to">The new master key; the same one again goes on with what was begun.</param>
    /// <exception cref="InstallationFault">Another rotation goes on, or it is the key that holds already.</exception>
    public async Task<SealedAnew> RotateAsync(MasterKey to, Actor by, CancellationToken cancellation)
    {
        await BeginAsync(to, by, cancellation);
        await Task.Delay(LearntWithin, clock, cancellation);
        await installation.RefreshAsync(cancellation);
        var anew = await SealAnewAsync(cancellation);
        await audit.RecordAsync(by, "master_key.rotated", Subject, null, anew, null, cancellation);
        return anew;
    }

    /// <summary>Only this node's master key opens anything from here on, and only the newest data key is left.</summary>
    /// <exception cref="InstallationFault">Nothing is to be retired, or something is still sealed under an old key.</exception>
    public async Task<SealedAnew> RetireAsync(Actor by, CancellationToken cancellation)
    {
        await installation.RefreshAsync(cancellation);
        var anew = await SealAnewAsync(cancellation);
        if (anew.Unreadable.Count > 0)
            throw new InstallationFault($"Nothing was retired, since some rows do not open. Put these anew or delete them: {string.Join(", ", anew.Unreadable)}.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var rings = await KeyRingRows.AllAsync(connection, forUpdate: true, cancellation);
        if (rings.Count < 2) throw new InstallationFault("There is no other master key to retire.");
        var ring = installation.OpenRing(rings.Single(row => installation.IsMine(row.Check)));
        await KeyRingRows.KeepOnlyAsync(connection, installation.Check, cancellation);
        await KeyRingRows.PutAsync(connection, installation.Check, installation.SealRing(ring.WithNewestOnly()), clock.GetUtcNow(), overwrite: true, cancellation);
        await audit.RecordAsync(connection, by, "master_key.retired", Subject, null, null, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return anew;
    }

    private async Task BeginAsync(MasterKey to, Actor by, CancellationToken cancellation)
    {
        var (next, box) = (to.Derive(Installation.CheckPurpose), KeyRing.BoxOf(to));
        if (installation.IsMine(next)) throw new InstallationFault("The new master key is the one that holds already.");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var rings = await KeyRingRows.AllAsync(connection, forUpdate: true, cancellation);
        if (rings.Any(row => CryptographicOperations.FixedTimeEquals(row.Check, next))) return;
        if (rings.Count > 1)
            throw new InstallationFault("A rotation to another new key goes on. Go on with that one, or retire the old key, before the next.");
        var ring = installation.OpenRing(rings.Single(row => installation.IsMine(row.Check))).WithNew();
        await KeyRingRows.PutAsync(connection, installation.Check, installation.SealRing(ring), clock.GetUtcNow(), overwrite: true, cancellation);
        await KeyRingRows.PutAsync(connection, next, ring.Seal(box), clock.GetUtcNow(), overwrite: false, cancellation);
        await audit.RecordAsync(connection, by, "master_key.rotation_begun", Subject, null, null, null, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<SealedAnew> SealAnewAsync(CancellationToken cancellation)
    {
        var (count, unreadable) = (0, new List<string>());
        foreach (var rows in SealedRows.All)
        {
            var (anew, damaged) = await rows.SealAnewAsync(database, installation.Ring, cancellation);
            count += anew;
            unreadable.AddRange(damaged);
        }

        return new SealedAnew(count, unreadable);
    }
}

/// <param name="Rows">Sealed under the newest key now, and not before.</param>
/// <param name="Unreadable">Rows that no key of ours opens, by table and key.</param>
internal sealed record SealedAnew(int Rows, IReadOnlyList<string> Unreadable);
