using System.Globalization;

namespace Reconciler.Database;

/// <summary>An operating system lock on a directory. The kernel gives it back when the holder dies, however it dies.</summary>
public sealed class DirectoryLock : IDisposable
{
    private const string LockName = "owner.lock";
    private const string OwnerName = "owner.pid";
    private readonly FileStream held;

    private DirectoryLock(FileStream held) => this.held = held;

    /// <summary>Null when another live process, or another part of this one, holds the directory.</summary>
    public static DirectoryLock? TryTake(string directory)
    {
        try
        {
            var file = new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(Path.Combine(directory, OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DirectoryLock(file);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new PrivateClusterFault(
                $"The data directory '{directory}' belongs to another user than '{Environment.UserName}': run as its owner, or name another directory.", denied);
        }
        catch (IOException) when (File.Exists(Path.Combine(directory, LockName)))
        {
            return null;
        }
    }

    /// <summary>The process id that the holder wrote down; for messages only.</summary>
    public static string Owner(string directory)
    {
        var note = Path.Combine(directory, OwnerName);
        return File.Exists(note) ? File.ReadAllText(note) : "unknown";
    }

    public void Dispose() => held.Dispose();
}
