using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.Personal;

/// <summary>Words that must stand nowhere in clear, looked for as text, as bytes in hexadecimal, in base64 at any offset, and with JSON's escapes.</summary>
internal sealed partial class Needles
{
    private readonly List<(string Word, string Spelling)> spellings = [];

    public Needles(IEnumerable<string> words)
    {
        foreach (var word in words)
        {
            spellings.Add((word, word));
            spellings.Add((word, Uri.EscapeDataString(word)));
            spellings.Add((word, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word))));
            for (var offset = 0; offset < 3; offset++) spellings.Add((word, Base64(word, offset)));
        }
    }

    /// <summary>Which words stand in a text, each with what is around it.</summary>
    public IReadOnlyList<string> In(string text)
    {
        var plain = Escape().Replace(text, found => ((char)Convert.ToInt32(found.Groups[1].Value, 16)).ToString());
        return
        [
            .. spellings.SelectMany(one => new[] { text, plain }.Select(where => (one, where, At: where.IndexOf(one.Spelling, StringComparison.OrdinalIgnoreCase))))
                .Where(hit => hit.At >= 0)
                .Select(hit => $"{hit.one.Word}: …{hit.where.Substring(Math.Max(0, hit.At - 300), Math.Min(600, hit.where.Length - Math.Max(0, hit.At - 300)))}…"),
        ];
    }

    public IReadOnlyList<string> In(byte[] bytes) => In(Encoding.Latin1.GetString(bytes));

    // Without the characters at either end that depend on what stands beside the word.
    private static string Base64(string word, int offset)
    {
        var bytes = new byte[offset + Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes.AsSpan(offset));
        var text = Convert.ToBase64String(bytes).TrimEnd('=');
        return text[(offset == 0 ? 0 : offset + 1)..^1];
    }

    [GeneratedRegex(@"\\u([0-9a-fA-F]{4})")]
    private static partial Regex Escape();
}
