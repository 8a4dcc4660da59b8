using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Reconciler.Ingest;

/// <summary>A request's headers as adapters see them, and as they are kept beside the body.</summary>
internal sealed class RequestHeaders(IHeaderDictionary headers) : IReadOnlyDictionary<string, string[]>
{
    private const int KeptCharactersMax = 16 * 1024;
    private const int BytesUsual = 512;

    // What proves who the sender is to somebody else is no evidence about a payout.
    private static readonly HashSet<string> NeverKept =
        new(["Authorization", "Cookie", "Proxy-Authorization"], StringComparer.OrdinalIgnoreCase);

    public int Count => headers.Count;

    public IEnumerable<string> Keys => headers.Keys;

    public IEnumerable<string[]> Values => headers.Values.Select(Texts);

    public string[] this[string key] => Texts(headers[key]);

    public bool ContainsKey(string key) => headers.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string[] value)
    {
        var found = headers.TryGetValue(key, out var values) && values.Count > 0;
        value = found ? Texts(values) : null;
        return found;
    }

    public IEnumerator<KeyValuePair<string, string[]>> GetEnumerator() =>
        headers.Select(header => KeyValuePair.Create(header.Key, Texts(header.Value))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // A header line that is there has a text, however empty.
    private static string[] Texts(StringValues values) => values.ToArray()!;

    /// <summary>A JSON object of the names and their values in UTF-8, bounded; what did not fit is left out.</summary>
    internal byte[] ToKeptJson()
    {
        var buffer = new ArrayBufferWriter<byte>(BytesUsual);
        using (var json = new Utf8JsonWriter(buffer))
        {
            var characters = 0;
            json.WriteStartObject();
            foreach (var (name, values) in headers)
            {
                characters += name.Length + values.Sum(value => value?.Length ?? 0);
                if (NeverKept.Contains(name) || characters > KeptCharactersMax) continue;
                json.WriteString(name.ToLowerInvariant(), values.Count == 1 ? values[0] : string.Join(", ", values.ToArray()));
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
