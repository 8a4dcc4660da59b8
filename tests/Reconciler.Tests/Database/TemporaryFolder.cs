using System.Diagnostics;
using Reconciler.Database;

namespace Reconciler.Tests.Database;

/// <summary>A folder for one test cluster, removed with it; what a killed run left is removed by the next run.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "reconciler-test-";

    // A run makes its folder a moment before it locks it: a folder this young is not yet a leftover.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(1);

    private TemporaryFolder(string path) => Path = path;

    public string Path { get; }

    public static TemporaryFolder New() =>
        new(Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), Prefix + Guid.CreateVersion7())).FullName);

    public static async Task RemoveLeftoversAsync()
    {
        var newest = TimeProvider.System.GetUtcNow().UtcDateTime - LeftoverAge;
        foreach (var left in new DirectoryInfo(System.IO.Path.GetTempPath()).GetDirectories(Prefix + "*").Where(left => left.CreationTimeUtc < newest))
        {
            try
            {
                // The lock falls with its owner, so that it tells a live run from a dead one.
                using var held = DirectoryLock.TryTake(left.FullName);
                if (held is not null)
                {
                    await EndServerAsync(left.FullName);
                    left.Delete(recursive: true);
                }
            }
            catch (Exception unremovable) when (unremovable is IOException or UnauthorizedAccessException or PrivateClusterFault)
            {
                // Another user's, or another run removes it just now.
                Debug.WriteLine(unremovable.Message);
            }
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static async Task EndServerAsync(string folder)
    {
        var directory = System.IO.Path.Combine(folder, "server");
        if (Directory.Exists(directory))
        {
            var account = await ServerAccount.ForAsync(directory, "postgres", TimeProvider.System, CancellationToken.None);
            var files = new ServerFiles(directory, account);
            var binaries = PostgresBinaries.Find(null, await files.MajorAsync(CancellationToken.None));
            await new EarlierServer(files, account, TimeProvider.System).StopAsync(binaries, TimeSpan.FromSeconds(20), CancellationToken.None);
        }
    }
}
