using System.Buffers;
using System.Text;

namespace Reconciler.Providers;

/// <summary>
/// The bytes that an RFC 9421 signature covers (section 2.5): a line <c>"name": value</c> for each covered component in the listed order, LF
/// between them, at the end <c>"@signature-params": </c> and the parameters verbatim, without a last LF.
/// </summary>
internal static class SignatureBase
{
    // The other derived components (@target-uri, @query…) need what a delivery does not carry, and no provider of ours signs them.
    private static readonly string[] Derived = ["@method", "@authority", "@path"];

    private static readonly SearchValues<char> FieldNameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    public static bool Knows(string component) => component.StartsWith('@') ? Derived.Contains(component) : IsFieldName(component);

    /// <summary>Null where a covered header is not in the delivery: then nothing can be rebuilt.</summary>
    public static byte[]? Of(SignatureInput input, Delivery delivery, Uri? publicUrl)
    {
        var lines = new StringBuilder();
        foreach (var component in input.Components)
        {
            if (Value(component, delivery, publicUrl) is not { } value) return null;
            lines.Append('"').Append(component).Append("\": ").Append(value).Append('\n');
        }

        return Encoding.UTF8.GetBytes(lines.Append("\"@signature-params\": ").Append(input.Verbatim).ToString());
    }

    private static string? Value(string component, Delivery delivery, Uri? publicUrl) => component switch
    {
        "@method" => delivery.Method,
        "@authority" => publicUrl is null ? delivery.Authority.ToLowerInvariant() : Authority(publicUrl),
        "@path" => (publicUrl is null ? delivery.Path : publicUrl.AbsolutePath) is { Length: > 0 } path ? path : "/",
        _ => Field(delivery, component),
    };

    // As a client writes its Host header: without the scheme's own port (RFC 9421, 2.2.3).
    private static string Authority(Uri url)
    {
        var host = (url.HostNameType == UriHostNameType.Dns ? url.IdnHost : url.Host).ToLowerInvariant();
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    /// <summary>All lines of a header as one value (RFC 9421, 2.1); null where it is absent, over-long or holds a line break.</summary>
    public static string? Field(Delivery delivery, string name)
    {
        if (!delivery.Headers.TryGetValue(name, out var values) || values.Length == 0) return null;
        var combined = string.Join(", ", values.Select(value => value.Trim(' ', '\t')));
        var isWhole = combined.Length <= StructuredFieldReader.HeaderCharactersMax && !combined.AsSpan().ContainsAny('\r', '\n', '\0');
        return isWhole ? combined : null;
    }

    private static bool IsFieldName(string name) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(FieldNameCharacters);
}
