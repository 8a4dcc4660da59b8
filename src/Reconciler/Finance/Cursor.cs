using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Reconciler.Finance;

/// <summary>Where a page ended: the last row's time and id. Opaque to callers, and not secret.</summary>
/// <param name="Id">As the column holds it: text or uuid.</param>
/// <param name="Descending">A cursor of the other direction would skip or repeat rows, so it is refused.</param>
internal sealed record Cursor(DateTimeOffset At, object Id, bool Descending)
{
    internal const int CharactersMax = 1_500;

    internal string Text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{(Descending ? '-' : '+')}{At.UtcTicks} {Id}")));

    internal static Cursor? Read(string text, bool descending, Func<string, object?> readId)
    {
        if (text.Length > CharactersMax || !Base64Url.IsValid(text)) return null;
        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        var blank = plain.IndexOf(' ');
        return blank > 1
            && plain[0] == (descending ? '-' : '+')
            && long.TryParse(plain.AsSpan(1, blank - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
            && readId(plain[(blank + 1)..]) is { } id
                ? new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), id, descending)
                : null;
    }
}
