using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Reconciler.Finance;

/// <param name="Number">1 for the first.</param>
/// <param name="Text">Without its line end; null where it was longer than allowed.</param>
internal readonly record struct Line(long Number, byte[]? Text);

/// <summary>Cuts a stream into lines, holding at most one line's bound in memory. Empty lines are counted and left out.</summary>
internal static class Lines
{
    internal static async IAsyncEnumerable<Line> ReadAsync(PipeReader reader, int bytesMax, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var number = 1L;
        var isSkipping = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            // Also for a caller who stops before the end: whoever reads on, or drains, must be able to.
            try
            {
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = rest.Slice(0, end);
                    if (!isSkipping && !IsBlank(line)) yield return new Line(number, line.Length <= bytesMax ? line.ToArray() : null);
                    isSkipping = false;
                    number++;
                    rest = rest.Slice(rest.GetPosition(1, end));
                }

                if (rest.Length > bytesMax)
                {
                    if (!isSkipping) yield return new Line(number, null);
                    isSkipping = true;
                    rest = rest.Slice(rest.End);
                }

                if (read.IsCompleted)
                {
                    if (!isSkipping && !IsBlank(rest)) yield return new Line(number, rest.ToArray());
                    rest = rest.Slice(rest.End);
                }
            }
            finally
            {
                reader.AdvanceTo(rest.Start, read.Buffer.End);
            }

            if (read.IsCompleted) yield break;
        }
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
            if (part.Span.ContainsAnyExcept(" \t\r"u8)) return false;
        return true;
    }
}
