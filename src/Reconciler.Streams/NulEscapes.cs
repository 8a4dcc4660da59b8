namespace Reconciler.Streams;

/// <summary>jsonb refuses the escape <c>\u0000</c> ("cannot be converted to text"), so no stored JSON may hold one.</summary>
public static class NulEscapes
{
    // A JSON writer always escapes U+0000, and this is the only spelling of that escape: its digits have no upper or lower case.
    private static ReadOnlySpan<byte> Escape => "\\u0000"u8;

    /// <summary>Takes every escaped U+0000 out of well-formed JSON in UTF-8.</summary>
    /// <param name="json">The JSON; returned as it is, not copied, when there is nothing to strip.</param>
    /// <param name="stripped">How many were taken out.</param>
    public static byte[] Strip(byte[] json, out int stripped)
    {
        stripped = 0;
        var hit = json.AsSpan().IndexOf(Escape);
        return hit < 0 ? json : StripFrom(json, hit, out stripped);
    }

    private static byte[] StripFrom(byte[] json, int hit, out int stripped)
    {
        stripped = 0;
        var kept = new byte[json.Length];
        var (from, length) = (0, 0);
        while (hit >= 0)
        {
            var isEscape = StartsEscape(json, hit);
            var upTo = isEscape ? hit : hit + Escape.Length;
            json.AsSpan(from, upTo - from).CopyTo(kept.AsSpan(length));
            length += upTo - from;
            from = hit + Escape.Length;
            stripped += isEscape ? 1 : 0;
            var next = json.AsSpan(from).IndexOf(Escape);
            hit = next < 0 ? -1 : from + next;
        }

        json.AsSpan(from).CopyTo(kept.AsSpan(length));
        return stripped == 0 ? json : kept[..(length + json.Length - from)];
    }

    // In "\\u0000" the backslash is itself escaped: it is the text \u0000, not the character. An odd run of backslashes starts an escape.
    private static bool StartsEscape(ReadOnlySpan<byte> json, int backslash)
    {
        var first = backslash;
        while (first > 0 && json[first - 1] == (byte)'\\')
        {
            first--;
        }

        return (backslash - first) % 2 == 0;
    }
}
