using System.Collections.Immutable;
using System.Text;

namespace Reconciler.Providers.Tests;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Target">Path and query exactly as sent, escapes and all.</param>
/// <param name="Headers">Case-insensitive.</param>
public sealed record ServedRequest(string Method, string Target, ImmutableDictionary<string, string> Headers, string Body);

/// <summary>What the server sends back.</summary>
/// <param name="Hangs">The request is read and never answered.</param>
/// <param name="Cut">The body ends earlier than its Content-Length says.</param>
public sealed record ServedAnswer(int Status, byte[] Body, ImmutableDictionary<string, string> Headers, bool Hangs = false, bool Cut = false)
{
    public static ServedAnswer Json(string body, int status = 200) => Of(body, "application/json", status);

    public static ServedAnswer Html(int status = 200) => Of("<html><body>Service temporarily unavailable</body></html>", "text/html", status);

    public static ServedAnswer Of(string body, string contentType, int status) =>
        new(status, Encoding.UTF8.GetBytes(body), ImmutableDictionary<string, string>.Empty.Add("Content-Type", contentType));

    public static ServedAnswer Never { get; } = new(200, [], ImmutableDictionary<string, string>.Empty, Hangs: true);

    public ServedAnswer With(string header, string value) => this with { Headers = Headers.SetItem(header, value) };
}
