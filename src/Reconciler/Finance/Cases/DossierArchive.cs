using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>
/// A ZIP that is written as it is made, and closes with the SHA-256 of each of its files in the form that <c>sha256sum -c</c> reads.
/// The same content gives the same bytes: no entry has a time of its own.
/// </summary>
internal sealed class DossierArchive : IAsyncDisposable
{
    private const string Sums = "SHA256SUMS";

    // The earliest that a ZIP can hold.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Everything that is not plain ASCII is escaped: nobody's mark or control character reaches the reader's screen.
    private static readonly JsonSerializerOptions Readable = new(JsonShapes.Answered) { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.Default };

    private readonly ZipArchive zip;
    private readonly string folder;
    private readonly StringBuilder sums = new();

    private DossierArchive(ZipArchive zip, string folder) => (this.zip, this.folder) = (zip, folder);

    /// <param name="folder">Holds all files; already safe as a name.</param>
    internal static async Task<DossierArchive> CreateAsync(Stream to, string folder, CancellationToken cancellation) =>
        new(await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation), folder);

    internal Task AddJsonAsync<T>(string name, T value, CancellationToken cancellation) =>
        AddAsync(name, (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(value, Readable), (byte)'\n'], cancellation);

    internal Task AddAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        AddAsync(name, file => file.WriteAsync(bytes, cancellation).AsTask(), cancellation);

    /// <param name="name">Of our own making, never a stranger's.</param>
    internal async Task AddAsync(string name, Func<Stream, Task> write, CancellationToken cancellation)
    {
        using var hash = SHA256.Create();
        await using (var file = await OpenAsync(name, cancellation))
        await using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            await write(hashing);
            await hashing.FlushFinalBlockAsync(cancellation);
        }

        sums.Append(Convert.ToHexStringLower(hash.Hash!)).Append("  ").Append(name).Append('\n');
    }

    internal async Task CloseAsync(CancellationToken cancellation)
    {
        await using var file = await OpenAsync(Sums, cancellation);
        await file.WriteAsync(Encoding.ASCII.GetBytes(sums.ToString()), cancellation);
    }

    public ValueTask DisposeAsync() => zip.DisposeAsync();

    private Task<Stream> OpenAsync(string name, CancellationToken cancellation)
    {
        var entry = zip.CreateEntry($"{folder}/{name}", CompressionLevel.Optimal);
        entry.LastWriteTime = NoTime;
        return entry.OpenAsync(cancellation);
    }
}
