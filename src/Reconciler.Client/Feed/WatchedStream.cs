namespace Reconciler.Client;

/// <summary>
/// Reads on, and gives up where nothing at all comes for too long: the service sends a sign of life every few seconds, and a connection
/// that died without a word is told in no other way.
/// </summary>
internal sealed class WatchedStream(Stream inner, TimeSpan patience, TimeProvider clock) : Stream
{
    /// <summary>Whether anything came.</summary>
    internal bool HasSpoken { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var silence = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            var read = await inner.ReadAsync(buffer, either.Token);
            HasSpoken |= read > 0;
            return read;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The stream of changes has fallen silent.");
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
}
