using System.Security.Cryptography;
using Npgsql;
using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>What this database is, and the keys of this installation. Loaded once, before anything asks for it.</summary>
public sealed class Installation(NpgsqlDataSource database, ConnectionsOptions options)
{
    private Loaded? loaded;

    /// <summary>Names this history; a restored backup gets a new one.</summary>
    public Guid Epoch => Known.Epoch;

    /// <summary>For <see cref="RecipientMask"/>: the same on every node, and for as long as the master key is.</summary>
    public byte[] RecipientKey => Known.RecipientKey;

    /// <summary>A recipient as it may be stored and shown.</summary>
    public Recipient Mask(string recipient) => RecipientMask.Mask(recipient, RecipientKey);

    internal SecretBox Secrets => Known.Secrets;

    /// <summary>For the keys that seal cookies and forms.</summary>
    internal SecretBox Cookies => Known.Cookies;

    /// <summary>For the audit log's chain: whoever has the database alone cannot make it anew.</summary>
    internal byte[] AuditKey => Known.AuditKey;

    private Loaded Known => loaded ?? throw new InvalidOperationException("The installation is not loaded yet.");

    /// <summary>Finds the master key, makes one on the very first start, and proves that it is the one that sealed this database.</summary>
    /// <exception cref="InstallationFault">This node's key is missing, malformed, or another one.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var (epoch, expected) = await ReadAsync(cancellation);
        var key = await KeyAsync(isFirstStart: expected is null, cancellation);
        var check = key.Derive("check");
        expected ??= await ClaimAsync(check, cancellation);
        if (!CryptographicOperations.FixedTimeEquals(check, expected))
        {
            throw new InstallationFault(
                $"The secrets in this database are sealed under another master key than {Source}. Set Reconciler__MasterKey to the key of "
                + "the node that first started with this database: its data directory has it in the file 'master-key'.");
        }

        loaded = new Loaded(
            epoch, key.Derive("recipients"), new SecretBox(key.Derive("secrets")), new SecretBox(key.Derive("cookies")), key.Derive("audit"));
    }

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
    private async Task<byte[]> ClaimAsync(byte[] check, CancellationToken cancellation)
    {
        await using var claim = database.CreateCommand("""
            update reconciler.installation set master_key_check = coalesce(master_key_check, $1) returning master_key_check
            """);
        claim.Parameters.Add(new NpgsqlParameter { Value = check });
        return (byte[])(await claim.ExecuteScalarAsync(cancellation))!;
    }

    private sealed record Loaded(Guid Epoch, byte[] RecipientKey, SecretBox Secrets, SecretBox Cookies, byte[] AuditKey);
}
