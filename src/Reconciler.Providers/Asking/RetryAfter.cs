using System.Globalization;
using System.Net.Http.Headers;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>How long a 429 asks to wait. Zero or more; null where nothing readable is named. Not capped: that is the caller's policy.</summary>
internal static class RetryAfter
{
    private const string BodyField = "retry_after";

    /// <summary>
    /// A <c>Retry-After</c> header in whole seconds or as a date; a date in the past means that the wait is over. A date is the provider's:
    /// it is counted from the answer's own <c>Date</c>, where there is one.
    /// </summary>
    public static TimeSpan? FromHeader(HttpResponseHeaders headers, TimeProvider clock) => headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } => TimeSpan.FromTicks(Math.Max(0, (date - (headers.Date ?? clock.GetUtcNow())).Ticks)),
        _ => null,
    };

    /// <summary>ZoPay's <c>retry_after</c> in the body, in seconds (their page on limits, November 2026).</summary>
    public static TimeSpan? FromBody(ReadOnlyMemory<byte> body)
    {
        using var document = WireJson.Parse(body);
        var text = document?.RootElement.Amount(BodyField);
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= Duration.Max.Ticks / TimeSpan.TicksPerSecond
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;
    }
}
