using System.Globalization;
using System.Text;

namespace Reconciler.Pages.Parts;

/// <summary>
/// A text in pieces: what can be seen, and names of what cannot. A mark that turns the direction of what follows, or a character without
/// width, would let one id pass for another.
/// </summary>
internal static class Visible
{
    internal static IEnumerable<(string Text, bool IsHidden)> Of(string? text) => Of(text, keepsLines: false);

    /// <summary>For a block of text, in which the ends of lines are to be seen as such.</summary>
    internal static IEnumerable<(string Text, bool IsHidden)> Lines(string? text) => Of(text, keepsLines: true);

    private static IEnumerable<(string Text, bool IsHidden)> Of(string? text, bool keepsLines)
    {
        if (text is null) yield break;
        var seen = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsHidden(rune) || (keepsLines && rune.Value == '\n'))
            {
                seen.Append(rune.ToString());
                continue;
            }

            if (seen.Length > 0) yield return (seen.ToString(), false);
            seen.Clear();
            yield return ($"U+{rune.Value.ToString("X4", CultureInfo.InvariantCulture)}", true);
        }

        if (seen.Length > 0) yield return (seen.ToString(), false);
    }

    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => true,
        // A blank that is not the usual one looks like it.
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => false,
    };
}
