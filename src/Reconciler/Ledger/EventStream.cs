using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Reconciler.Ledger;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2), and waits for a reader that is slow no longer than it is told to.</summary>
internal sealed class EventStream(PipeWriter writer, TimeSpan writeTimeout, TimeProvider clock)
{
    // Bounds, with what the server itself holds unsent, what a slow reader costs us.
    private const int UnflushedBytesMax = 32 * 1024;

    private const int PositionCharactersMax = 19;

    /// <summary>The last position that the reader was told.</summary>
    internal long Told { get; private set; }

    /// <summary>Before the first event: how soon to come back, and which history this is. It moves no cursor.</summary>
    internal void Open(Guid epoch, long after, int retryMilliseconds)
    {
        Told = after;
        writer.Write(Encoding.UTF8.GetBytes($"retry: {retryMilliseconds}\nevent: epoch\ndata: {{\"epoch\":\"{epoch}\",\"after\":\"{after}\"}}\n\n"));
    }

    /// <exception cref="TimeoutException">The reader took nothing for too long.</exception>
    internal async Task WriteAsync(IReadOnlyList<FeedEntry> changes, CancellationToken cancellation)
    {
        foreach (var change in changes)
        {
            Write("id: "u8, change.Position);
            writer.Write("\nevent: "u8);
            Encoding.UTF8.GetBytes(change.Kind, writer);
            writer.Write("\ndata: "u8);
            change.WriteJsonTo(writer);
            writer.Write("\n\n"u8);
            Told = change.Position;
            if (writer.UnflushedBytes >= UnflushedBytesMax) await FlushAsync(cancellation);
        }
    }

    /// <summary>
    /// That we are still here: a comment, or, where the reader has come further than it was told, an event of nothing but its id,
    /// which moves the cursor and is not given to the reader's program.
    /// </summary>
    internal void WriteHeartbeat(long position)
    {
        if (position == Told)
        {
            writer.Write(":\n\n"u8);
            return;
        }

        Write("id: "u8, position);
        writer.Write("\n\n"u8);
        Told = position;
    }

    /// <summary>Sends what was written; false where there was nothing.</summary>
    /// <exception cref="TimeoutException">The reader took nothing for too long.</exception>
    internal async Task<bool> FlushAsync(CancellationToken cancellation)
    {
        if (writer.UnflushedBytes == 0) return false;
        var flush = writer.FlushAsync(cancellation);
        if (flush.IsCompletedSuccessfully) _ = flush.Result;
        else await flush.AsTask().WaitAsync(writeTimeout, clock, cancellation);
        return true;
    }

    private void Write(ReadOnlySpan<byte> field, long position)
    {
        writer.Write(field);
        position.TryFormat(writer.GetSpan(PositionCharactersMax), out var length, default, CultureInfo.InvariantCulture);
        writer.Advance(length);
    }
}
