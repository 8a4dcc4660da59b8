using System.Security.Cryptography;
using Npgsql;
using Reconciler.Core;
using Reconciler.Personal;

namespace Reconciler.Connections;

/// <summary>What this database is, and the keys of this installation. Loaded once, before anything asks for it.</summary>
public sealed class Installation(NpgsqlDataSource database, ConnectionsOptions options)
{
    internal const string CheckPurpose = "check";

    private volatile Loaded? loaded;

    /// <summary>Names this history; a restored backup gets a new one.</summary>
    public Guid Epoch => Known.Epoch;

    /// <summary>For <see cref="RecipientMask"/>: the same on every node, and for ever.</summary>
    public byte[] RecipientKey => Known.Ring.Recipients;

    /// <summary>A recipient as it may be stored and shown.</summary>
    public Recipient Mask(string recipient) => RecipientMask.Mask(recipient, Known.Recipients);

    internal SecretBox Secrets => Known.Secrets;

    /// <summary>For the keys that seal cookies and forms.</summary>
    internal SecretBox Cookies => Known.Cookies;

    /// <summary>For the audit log's chain: whoever has the database alone cannot make it anew.</summary>
    internal byte[] AuditKey => Known.Ring.Audit;

    /// <summary>For the marks of deliveries that we send to ourselves.</summary>
    internal byte[] ProbeKey => Known.ProbeKey;

    /// <summary>For the chains of events.</summary>
    internal byte[] StreamKey => Known.StreamKey;

    /// <summary>For what must be gone when its payout is erased.</summary>
    internal PersonalBox Personal => Known.Personal;

    internal KeyRing Ring => Known.Ring;

    /// <summary>Tells whose ring a row of the table is, without telling the master key.</summary>
    internal byte[] Check => Known.Check;

    internal bool IsMine(byte[] check) => CryptographicOperations.FixedTimeEquals(check, Check);

    internal KeyRing OpenRing(KeyRingRow row) => KeyRing.Open(Known.RingBox, row.Sealed);

    internal byte[] SealRing(KeyRing ring) => ring.Seal(Known.RingBox);

    private Loaded Known => loaded ?? throw new InvalidOperationException("The installation is not loaded yet.");

    /// <summary>Finds the master key, makes one on the very first start, and proves that it is one that opens this database.</summary>
    /// <exception cref="InstallationFault">This node's key is missing, malformed, or another one.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var (epoch, expected) = await ReadAsync(cancellation);
        var master = await KeyAsync(isFirstStart: expected is null, cancellation);
        var (check, box) = (master.Derive(CheckPurpose), KeyRing.BoxOf(master));
        await MakeFirstRingAsync(master, check, box, expected, cancellation);
        var row = await KeyRingRows.FindAsync(database, check, cancellation) ?? throw Stranger();
        loaded = new Loaded(epoch, check, box, KeyRing.Open(box, row.Sealed), row.Revision);
    }

    /// <summary>Takes up keys that came since. A master key that was retired meanwhile serves on until this node ends.</summary>
    internal async Task RefreshAsync(CancellationToken cancellation)
    {
        var known = Known;
        if (await KeyRingRows.FindAsync(database, known.Check, cancellation) is { } row && row.Revision != known.Revision)
            loaded = known.With(KeyRing.Open(known.RingBox, row.Sealed), row.Revision);
    }

    // A database of before has no ring, and a first key that is proved by its check.
    private async Task MakeFirstRingAsync(MasterKey master, byte[] check, SecretBox box, byte[]? expected, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if ((await KeyRingRows.AllAsync(connection, forUpdate: true, cancellation)).Count > 0) return;
        expected ??= await ClaimAsync(connection, check, cancellation);
        if (!CryptographicOperations.FixedTimeEquals(check, expected)) throw Stranger();
        await KeyRingRows.PutAsync(connection, check, KeyRing.First(master).Seal(box), TimeProvider.System.GetUtcNow(), overwrite: false, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private InstallationFault Stranger() => new(
        $"The secrets in this database are sealed under another master key than {Source}. Set Reconciler__MasterKey to the key of "
        + "the node that first started with this database: its data directory has it in the file 'master-key'. After a rotation it is the new key.");

    private MasterKeyFile KeyFile => new(options.DataDirectory);

    private string Source =>
        string.IsNullOrWhiteSpace(options.MasterKey) ? $"the one in '{KeyFile.Path}'" : "the one in Reconciler__MasterKey";

    private async Task<MasterKey> KeyAsync(bool isFirstStart, CancellationToken cancellation)
    {
        if (!string.IsNullOrWhiteSpace(options.MasterKey))
        {
            return MasterKey.TryParse(options.MasterKey, out var configured)
                ? configured
                : throw new InstallationFault("Reconciler__MasterKey is no 32 bytes in base64, as 'openssl rand -base64 32' prints them.");
        }

        if (await KeyFile.ReadAsync(cancellation) is { } kept) return kept;

        // A new key would open nothing of what is sealed already: only the first node of a database makes one.
        return isFirstStart
            ? await KeyFile.MakeAsync(cancellation)
            : throw new InstallationFault(
                "The secrets in this database are sealed, and this node has no master key. Set Reconciler__MasterKey to the key of the "
                + $"node that first started with this database, or put the file back that was '{KeyFile.Path}'.");
    }

    private async Task<(Guid Epoch, byte[]? Check)> ReadAsync(CancellationToken cancellation)
    {
        await using var read = database.CreateCommand("select epoch, master_key_check from reconciler.installation");
        await using var row = await read.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
            throw new InstallationFault("The table reconciler.installation is empty: this database is damaged.");
        return (row.GetGuid(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1));
    }

    /// <summary>Of two nodes that start together one is first; both learn whose key it is.</summary>
    private static async Task<byte[]> ClaimAsync(NpgsqlConnection connection, byte[] check, CancellationToken cancellation)
    {
        await using var claim = new NpgsqlCommand(
            "update reconciler.installation set master_key_check = coalesce(master_key_check, $1) returning master_key_check", connection);
        claim.Parameters.Add(new NpgsqlParameter { Value = check });
        return (byte[])(await claim.ExecuteScalarAsync(cancellation))!;
    }

    private sealed record Loaded(Guid Epoch, byte[] Check, SecretBox RingBox, KeyRing Ring, long Revision)
    {
        public SecretBox Secrets { get; } = Ring.Secrets();

        public SecretBox Cookies { get; } = Ring.Cookies();

        public byte[] ProbeKey { get; } = Ring.ProbeKey();

        public byte[] StreamKey { get; } = Ring.StreamKey();

        public KeyedHash Recipients { get; } = new(Ring.Recipients);

        public PersonalBox Personal { get; } = Ring.Personal();

        public Loaded With(KeyRing ring, long revision) => new(Epoch, Check, RingBox, ring, revision);
    }
}
