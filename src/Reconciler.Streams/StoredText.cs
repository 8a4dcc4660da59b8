using System.Text;

namespace Reconciler.Streams;

/// <summary>
/// Text that PostgreSQL would refuse is refused here, before a byte is sent: U+0000 fails the whole batch,
/// and a lone surrogate fails while the parameters are being written, which costs the connection.
/// </summary>
internal static class StoredText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Require(string? text, string what)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Contains('\0', StringComparison.Ordinal) || !IsWellFormed(text))
        {
            throw new ArgumentException($"The {what} holds U+0000 or half a surrogate pair; PostgreSQL cannot store it.", what);
        }

        return text;
    }

    private static bool IsWellFormed(string text)
    {
        if (Ascii.IsValid(text))
        {
            return true;
        }

        try
        {
            Strict.GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
