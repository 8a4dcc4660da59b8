using System.Buffers;
using System.IO.Pipelines;

namespace Reconciler.Finance.Cases;

/// <summary>
/// Takes what is written without waiting into memory, and passes it on with the next write that may wait. A ZIP entry closes with a few
/// writes of the first kind, which a response refuses.
/// </summary>
internal sealed class PipedStream(PipeWriter to) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => to.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => to.Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        to.Write(buffer.Span);
        await to.FlushAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // With the next write that may wait.
    }

    public override async Task FlushAsync(CancellationToken cancellationToken) => await to.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
