using System.Text;

namespace Reconciler.Core;

/// <summary>Text of a provider's as it can be kept: bounded, without U+0000 (which jsonb refuses) and well-formed.</summary>
internal static class KeptText
{
    internal static string? Of(string? text, int lengthMax)
    {
        if (text is null) return null;
        var bounded = text.Length > lengthMax ? text[..lengthMax] : text;
        return bounded.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !bounded.Contains('\0')
            ? bounded
            : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(bounded.Replace("\0", "", StringComparison.Ordinal)));
    }
}
