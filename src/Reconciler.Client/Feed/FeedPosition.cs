using System.Globalization;

namespace Reconciler.Client;

/// <summary>How far the feed was read: keep it with what you booked, both parts, and give it back to go on behind it.</summary>
/// <param name="Position">The last change that was taken; 0 for none.</param>
/// <param name="Epoch">Names the history that the position belongs to; null before the first read.</param>
public readonly record struct FeedPosition(long Position, Guid? Epoch)
{
    /// <summary>Before the first change.</summary>
    public static FeedPosition Start => default;

    /// <summary>One text for stores without columns; <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position}@{Epoch}");

    /// <exception cref="FormatException">It is not what <see cref="ToString"/> wrote.</exception>
    public static FeedPosition Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            && text[(at + 1)..] is var epoch && (epoch.Length == 0 || Guid.TryParse(epoch, out _))
            ? new FeedPosition(position, epoch.Length == 0 ? null : Guid.Parse(epoch))
            : throw new FormatException($"\"{text}\" is no position of the feed.");
    }
}
