using System.Text;

namespace Reconciler.Database;

/// <summary>A small file that only its owner may read, from its first moment on.</summary>
public static class SecretFile
{
    public static async Task WriteAsync(string path, string text, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Files are kept from others by Unix permissions.");
        }

        // A present file would keep its wider permissions.
        File.Delete(path);
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        file.Flush(flushToDisk: true);
    }
}
