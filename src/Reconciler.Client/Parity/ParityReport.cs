using System.Globalization;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>
/// Compares your books with the service, payout by payout, as of the position that you have read to. It is how you know that nothing was
/// missed, and what to do first after <see cref="FeedHistoryChanged"/>.
/// </summary>
public sealed class ParityReport
{
    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <param name="http">
    /// Its base address is the service's, and it sends a key of the scope <c>ledger:read</c>. For millions of payouts give it a longer
    /// timeout: the answer begins when all of them were sent and compared.
    /// </param>
    /// <param name="clock">The system's where null.</param>
    /// <exception cref="ArgumentException">There is no base address.</exception>
    public ParityReport(HttpClient http, TimeProvider? clock = null) => (this.http, this.clock) = (http.Addressed(), clock ?? TimeProvider.System);

    /// <summary>Sends what you hold, in any order, and calls back for each difference. Nothing is held in memory on the way.</summary>
    /// <param name="subscription">Its connections are compared, and its cursor is the position where you give none.</param>
    /// <param name="at">What you have read to. Read your payouts and it in one transaction.</param>
    /// <exception cref="FeedHistoryChanged">The position belongs to another history: compare without one.</exception>
    /// <exception cref="PositionBeyondHead">The feed ends before the position.</exception>
    /// <exception cref="ReconcilerProblem">It is refused, or (503) too many compare now.</exception>
    /// <exception cref="IOException">The answer did not come to its end: the differences so far are not all of them.</exception>
    public async Task<ParityResult> CompareAsync(
        Guid subscription, FeedPosition? at, IAsyncEnumerable<HeldPayout> held, Action<ParityDifference> differs, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"v1/subscriptions/{subscription}/parity", UriKind.Relative))
        {
            Content = new NdjsonContent<HeldPayout>(json => WriteHeader(json, at), held, Write, cancellation),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode) throw await ProblemReading.OfAsync(response, clock, cancellation);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            var (difference, result) = ParityReading.Of(line);
            if (result is not null) return result;
            differs(difference!);
        }

        throw new IOException("The comparison did not come to its end: compare again.");
    }

    /// <inheritdoc cref="CompareAsync(Guid, FeedPosition?, IAsyncEnumerable{HeldPayout}, Action{ParityDifference}, CancellationToken)"/>
    public Task<ParityResult> CompareAsync(
        Guid subscription, FeedPosition? at, IEnumerable<HeldPayout> held, Action<ParityDifference> differs, CancellationToken cancellation = default) =>
        CompareAsync(subscription, at, held.ToAsyncEnumerable(), differs, cancellation);

    private static void WriteHeader(Utf8JsonWriter json, FeedPosition? at)
    {
        json.WriteStartObject();
        if (at is { } position)
        {
            json.WriteString("position", position.Position.ToString(CultureInfo.InvariantCulture));
            if (position.Epoch is { } epoch) json.WriteString("epoch", epoch);
        }
        else
        {
            json.WriteNull("position");
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HeldPayout held)
    {
        json.WriteStartObject();
        json.WriteString("payout", held.Payout);
        json.WriteNumber("statusVersion", held.StatusVersion);
        if (held.Status is { } status) json.WriteString("status", status.Word);
        json.WriteEndObject();
    }
}
