using System.Text.Json;
using System.Text.Unicode;

namespace Reconciler.Providers;

/// <summary>
/// Parses providers' JSON strictly, so that a body has one meaning for everybody: valid UTF-8, no comments, no trailing commas, no
/// property twice (parsers differ on which of two <c>status</c> counts), at most <see cref="DepthMax"/> levels.
/// </summary>
internal static class WireJson
{
    public const int DepthMax = 64;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = DepthMax,
    };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Parses and translates in one step; the document lives only as long as the translation.</summary>
    /// <param name="body">Any bytes.</param>
    /// <param name="translate">Gets the root, of whatever kind it is. Must be total: use <see cref="WireFields"/> to take fields.</param>
    /// <returns>What <paramref name="translate"/> says, or <see cref="Reading.Unreadable"/> with <see cref="UnreadableReason.NotJson"/>.</returns>
    public static Reading Read(ReadOnlyMemory<byte> body, Func<JsonElement, Reading> translate)
    {
        using var document = Parse(body);
        return document is null ? new Reading.Unreadable(UnreadableReason.NotJson) : translate(document.RootElement);
    }

    /// <summary>Whether the bytes are JSON and an object: the least that an error answer must be to count as the provider's own.</summary>
    public static bool IsObject(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        return document?.RootElement.ValueKind == JsonValueKind.Object;
    }

    /// <summary>Null where the bytes are not strict JSON; the caller disposes the document.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith(ByteOrderMark)) body = body[ByteOrderMark.Length..];
        if (!Utf8.IsValid(body.Span)) return null;
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a property's name that is half of a surrogate pair, met while looking for duplicates.
            return null;
        }
    }
}
