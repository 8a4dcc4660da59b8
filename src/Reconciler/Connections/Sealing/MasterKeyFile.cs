using Reconciler.Database;

namespace Reconciler.Connections;

/// <summary>Keeps a master key that nobody configured: <c>master-key</c> in the data directory, for its owner alone.</summary>
internal sealed class MasterKeyFile(string directory, string name = "master-key")
{
    public string Path { get; } = System.IO.Path.Combine(directory, name);

    /// <summary>The key that a rotation leads to, beside the one that holds.</summary>
    public MasterKeyFile Next => new(directory, $"{name}.next");

    public void TakeThePlaceOf(MasterKeyFile other) => File.Move(Path, other.Path, overwrite: true);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="InstallationFault">There is one, and it is no key.</exception>
    public async Task<MasterKey?> ReadAsync(CancellationToken cancellation)
    {
        if (!File.Exists(Path)) return null;
        var text = await File.ReadAllTextAsync(Path, cancellation);
        return MasterKey.TryParse(text, out var key)
            ? key
            : throw new InstallationFault($"'{Path}' holds no master key (32 bytes in base64). Put the right one back from its backup.");
    }

    /// <summary>Makes a key beside its place and moves it there when it is whole; of two nodes in one directory, the first one's.</summary>
    public async Task<MasterKey> MakeAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var key = MasterKey.New();
        var unfinished = $"{Path}.{Guid.CreateVersion7():N}";
        await SecretFile.WriteAsync(unfinished, key.Text(), cancellation);
        try
        {
            File.Move(unfinished, Path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(Path))
        {
            File.Delete(unfinished);
            return await ReadAsync(cancellation) ?? throw new InstallationFault($"'{Path}' was there a moment ago and is gone.");
        }
    }
}
