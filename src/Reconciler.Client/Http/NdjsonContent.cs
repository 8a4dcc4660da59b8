using System.Net;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>Lines of JSON, written while they are taken from their source.</summary>
internal sealed class NdjsonContent<T> : HttpContent
{
    private const int FlushEveryBytes = 32 * 1024;

    private readonly Action<Utf8JsonWriter> header;
    private readonly IAsyncEnumerable<T> items;
    private readonly Action<Utf8JsonWriter, T> write;
    private readonly CancellationToken cancellation;

    internal NdjsonContent(Action<Utf8JsonWriter> header, IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write, CancellationToken cancellation)
    {
        (this.header, this.items, this.write, this.cancellation) = (header, items, write, cancellation);
        Headers.ContentType = new("application/x-ndjson");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var bytes = new MemoryStream();
        await using var json = new Utf8JsonWriter(bytes);
        Line(json, bytes, header);
        await foreach (var item in items.WithCancellation(cancellation))
        {
            Line(json, bytes, line => write(line, item));
            if (bytes.Length < FlushEveryBytes) continue;
            await stream.WriteAsync(bytes.GetBuffer().AsMemory(0, checked((int)bytes.Length)), cancellation);
            bytes.SetLength(0);
        }

        await stream.WriteAsync(bytes.GetBuffer().AsMemory(0, checked((int)bytes.Length)), cancellation);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static void Line(Utf8JsonWriter json, MemoryStream bytes, Action<Utf8JsonWriter> write)
    {
        write(json);
        json.Flush();
        json.Reset();
        bytes.WriteByte((byte)'\n');
    }
}
