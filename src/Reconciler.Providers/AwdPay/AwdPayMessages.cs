using System.Globalization;
using System.Text.Json;

namespace Reconciler.Providers;

/// <summary>A withdrawal in AwdPay's words: flat, the same in the status answer and in a webhook's <c>data</c>. The merchant's own
/// reference is not in it.</summary>
/// <param name="Amount">In major units, as written.</param>
/// <param name="ExternalReference">The operator's transaction id, despite its name (the withdrawal page's sample).</param>
/// <param name="FailureMessage">In webhooks only.</param>
internal sealed record AwdPayWithdrawal(
    string? Reference,
    string? Status,
    string? Amount,
    string? Currency,
    string? BeneficiaryPhone,
    string? ExternalReference,
    string? FailureReason,
    string? FailureMessage,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? ProcessedAt,
    DateTimeOffset? ExpiresAt)
{
    public static AwdPayWithdrawal From(JsonElement json) => new(
        json.Id("reference"),
        json.Text("status"),
        json.Amount("amount"),
        json.Text("currency"),
        json.Text("beneficiaryPhone"),
        json.Text("externalReference"),
        json.Text("failureReason"),
        json.Text("failureMessage"),
        json.Instant("createdAt"),
        json.Instant("processedAt"),
        json.Instant("expiresAt"));
}

/// <param name="Event">Like <c>withdrawal.success</c>.</param>
internal sealed record AwdPayDelivery(string? Event, DateTimeOffset? Timestamp, AwdPayWithdrawal? Data)
{
    public static AwdPayDelivery From(JsonElement root) =>
        new(root.Text("event"), root.Instant("timestamp"), root.Object("data") is { } data ? AwdPayWithdrawal.From(data) : null);
}

internal static class AwdPayTokenRequest
{
    public static byte[] Body(Secret apiKey, Secret secretKey) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["apiKey"] = apiKey.Value, ["secretKey"] = secretKey.Value });
}

/// <summary><c>{"token","tokenType","expiresIn":900,"issuedAt"}</c> (authentication page, November 2026).</summary>
internal sealed record AwdPayTokenAnswer(Secret Token, TimeSpan Lifetime)
{
    private const int TokenLengthMax = 8192;

    /// <summary>What the page says a token lives, for an answer that does not say it readably.</summary>
    private const int SecondsDocumented = 900;

    private const int SecondsMax = 86_400;

    /// <summary>Null where there is no token that could travel in a header.</summary>
    public static AwdPayTokenAnswer? Read(ReadOnlyMemory<byte> body)
    {
        using var document = WireJson.Parse(body);
        if (document is null) return null;
        var token = document.RootElement.WholeText("token");
        if (token is null or { Length: 0 or > TokenLengthMax } || token.AsSpan().ContainsAnyExceptInRange('!', '~')) return null;
        return new AwdPayTokenAnswer(new Secret(token), TimeSpan.FromSeconds(Seconds(document.RootElement.Text("expiresIn"))));
    }

    private static int Seconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? Math.Min(seconds, SecondsMax)
            : SecondsDocumented;
}
