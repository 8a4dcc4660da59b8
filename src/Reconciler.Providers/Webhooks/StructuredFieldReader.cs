using System.Globalization;

namespace Reconciler.Providers;

/// <summary>
/// Reads RFC 8941 structured fields, strictly: what the grammar does not allow is not read, and every length is bounded. Where the RFC lets
/// the last of two equal keys win, we refuse: the sender and we must not come to read one signature in two ways.
/// </summary>
internal ref struct StructuredFieldReader(ReadOnlySpan<char> text)
{
    /// <summary>UTF-16 units of one header, all its lines together.</summary>
    public const int HeaderCharactersMax = 8192;

    public const int KeyCharactersMax = 64;

    public const int TextCharactersMax = 256;

    // RFC 8941, 3.3.1 and 3.3.2: an integer has at most 15 digits, a decimal at most 12 and 3.
    private const int IntegerDigitsMax = 15;
    private const int DecimalCharactersMax = 16;

    // An RSA signature of 8192 bits, in base64.
    private const int Base64CharactersMax = 1368;

    private readonly ReadOnlySpan<char> text = text;

    /// <summary>Where the reader stands: a caller keeps what it read verbatim.</summary>
    public int At { get; private set; }

    public readonly bool AtEnd => At == text.Length;

    private readonly char Next => At < text.Length ? text[At] : '\0';

    public readonly string Since(int start) => text[start..At].ToString();

    public bool Take(char expected)
    {
        if (AtEnd || text[At] != expected) return false;
        At++;
        return true;
    }

    public void SkipSpaces()
    {
        while (Take(' ')) ;
    }

    /// <summary>
    /// Between two members of a dictionary: a comma, and then something. A trailing comma stays unread, so the text is not at its end.
    /// </summary>
    public bool TakeComma()
    {
        SkipBlanks();
        var comma = At;
        if (!Take(',')) return false;
        SkipBlanks();
        if (!AtEnd) return true;
        At = comma;
        return false;
    }

    public void SkipBlanks()
    {
        while (Next is ' ' or '\t') At++;
    }

    public bool TryKey(out string key)
    {
        var start = At;
        if (char.IsAsciiLetterLower(Next) || Next == '*')
            while (char.IsAsciiLetterLower(Next) || char.IsAsciiDigit(Next) || Next is '_' or '-' or '.' or '*') At++;
        key = Since(start);
        return key.Length is > 0 and <= KeyCharactersMax;
    }

    public bool TryText(out string value)
    {
        value = "";
        if (!Take('"')) return false;
        Span<char> read = stackalloc char[TextCharactersMax];
        for (var length = 0; !AtEnd; length++)
        {
            if (Take('"'))
            {
                value = read[..length].ToString();
                return true;
            }

            var escaped = Take('\\');
            if (length == TextCharactersMax || Next is < ' ' or > '~' || (escaped && Next is not ('"' or '\\'))) return false;
            read[length] = text[At++];
        }

        return false;
    }

    public bool TryBytes(out byte[] value)
    {
        value = [];
        if (!Take(':')) return false;
        var base64 = text[At..];
        var length = base64.IndexOf(':');
        if (length is < 0 or > Base64CharactersMax || base64[..length].ContainsAny(" \t\r\n")) return false;
        var decoded = new byte[length];
        if (!Convert.TryFromBase64Chars(base64[..length], decoded, out var written)) return false;
        At += length + 1;
        value = decoded[..written];
        return true;
    }

    /// <summary>Any bare item. Only a string or an integer has a value for us; the rest is read past.</summary>
    public bool TryBareItem(out BareItem item)
    {
        item = default;
        switch (Next)
        {
            case '"':
                var isText = TryText(out var value);
                item = new BareItem(value, null);
                return isText;
            case '-' or (>= '0' and <= '9'):
                return TryNumber(out item);
            case ':':
                return TryBytes(out _);
            case '?':
                At++;
                return Take('0') || Take('1');
            default:
                return TryToken();
        }
    }

    private bool TryNumber(out BareItem item)
    {
        item = default;
        var start = At;
        Take('-');
        var first = At;
        while (char.IsAsciiDigit(Next)) At++;
        var digits = At - first;
        if (digits is 0 or > IntegerDigitsMax) return false;
        if (!Take('.'))
        {
            item = new BareItem(null, long.Parse(text[start..At], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            return true;
        }

        while (char.IsAsciiDigit(Next)) At++;
        return text[At - 1] != '.' && At - first <= DecimalCharactersMax;
    }

    private bool TryToken()
    {
        if (!char.IsAsciiLetter(Next) && Next != '*') return false;
        while (char.IsAsciiLetterOrDigit(Next) || (!AtEnd && "!#$%&'*+-.^_`|~:/".Contains(Next))) At++;
        return true;
    }
}

/// <summary>A parameter's value; both are null for the kinds that nothing here asks for (decimal, token, bytes, boolean).</summary>
internal readonly record struct BareItem(string? Text, long? Integer);
