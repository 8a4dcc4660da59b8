using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reconciler.Pages.Payouts;

/// <summary>A stranger's bytes as text that shows all of them and runs nowhere.</summary>
internal static class KeptBytes
{
    private const int BytesPerLine = 16;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The page escapes what it shows; here a letter stays a letter.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As UTF-8, or else in hexadecimal.</summary>
    internal static string Text(byte[] body)
    {
        try
        {
            return Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return string.Join('\n', body.Chunk(BytesPerLine).Select((line, at) =>
                $"{(at * BytesPerLine).ToString("x6", CultureInfo.InvariantCulture)}  {string.Join(' ', line.Select(one => one.ToString("x2", CultureInfo.InvariantCulture)))}"));
        }
    }

    /// <summary>Null where it is no JSON object or list, or is laid out already.</summary>
    internal static string? Indented(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var text = document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? JsonSerializer.Serialize(document.RootElement, Readable) : null;
            return text == Text(body) ? null : text;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    internal static IReadOnlyList<(string Name, string Value)> Headers(byte[]? json)
    {
        if (json is null) return [];
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateObject().SelectMany(
                header => header.Value.ValueKind == JsonValueKind.Array ? header.Value.EnumerateArray().ToArray() : [header.Value],
                (header, value) => (header.Name, value.ToString())),
        ];
    }
}
