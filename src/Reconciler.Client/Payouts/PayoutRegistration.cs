using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Reconciler.Client;

/// <summary>
/// Tells the service which payouts to expect. Registering again is always safe: the same content is 200, another one 409. So register
/// before you send the money, and again whenever you do not know whether it was done.
/// </summary>
public sealed class PayoutRegistration
{
    /// <summary>Lines in one request: HTTP/1.1 sends all of them before it reads the first result.</summary>
    private const int LinesPerRequestMax = 2_000;

    /// <summary>Attempts in a row that bring no new result, before the fault is thrown.</summary>
    private const int AttemptsMax = 6;

    private static readonly TimeSpan PauseShortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseLongest = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <param name="http">Its base address is the service's, and it sends a key of the scope <c>payouts:write</c>.</param>
    /// <param name="clock">The system's where null.</param>
    /// <exception cref="ArgumentException">There is no base address.</exception>
    public PayoutRegistration(HttpClient http, TimeProvider? clock = null) => (this.http, this.clock) = (http.Addressed(), clock ?? TimeProvider.System);

    /// <summary>Registers one payout. A fault is thrown as it is; calling again is safe.</summary>
    /// <exception cref="ReconcilerProblem">It was refused: 409 other content is registered already, 422 invalid, 401 and 403 the key.</exception>
    public async Task<RegistrationResult> RegisterAsync(ExpectedPayout payout, CancellationToken cancellation = default)
    {
        using var content = Content([payout], "application/json");
        using var response = await http.PostAsync(new Uri("v1/payouts", UriKind.Relative), content, cancellation);
        if (!response.IsSuccessStatusCode) throw await ProblemReading.OfAsync(response, clock, cancellation);
        using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        return RegistrationReading.Of(payout, (int)response.StatusCode, answer.RootElement);
    }

    /// <summary>
    /// Registers any number of payouts and gives one result for each, in the same order, while further ones are taken from the source.
    /// What fails on the way or on the service's side is sent again a few times; what it refuses is a result, and stops nothing.
    /// </summary>
    /// <exception cref="ReconcilerProblem">The request as a whole is refused: the key, the scope, the address.</exception>
    /// <exception cref="HttpRequestException">The service was not reached for long. What has no result yet may be registered or not.</exception>
    public async IAsyncEnumerable<RegistrationResult> RegisterManyAsync(
        IAsyncEnumerable<ExpectedPayout> payouts, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var backoff = new Backoff(PauseShortest, PauseLongest);
        var open = new Queue<ExpectedPayout>();
        await using var source = payouts.GetAsyncEnumerator(cancellation);
        for (var isMore = true; isMore || open.Count > 0;)
        {
            while (isMore && open.Count < LinesPerRequestMax && (isMore = await source.MoveNextAsync())) open.Enqueue(source.Current);
            if (open.Count == 0) break;
            var results = new List<RegistrationResult>(open.Count);
            try
            {
                await SendAsync(open, results, backoff, cancellation);
            }
            catch (Exception fault) when (Faults.MayPass(fault, cancellation) && (results.Count > 0 || backoff.Attempt < AttemptsMax - 1))
            {
                if (results.Count > 0) backoff.Reset();
                await Task.Delay(backoff.Next(fault), clock, cancellation);
            }

            foreach (var result in results)
            {
                open.Dequeue();
                yield return result;
            }
        }
    }

    /// <inheritdoc cref="RegisterManyAsync(IAsyncEnumerable{ExpectedPayout}, CancellationToken)"/>
    public IAsyncEnumerable<RegistrationResult> RegisterManyAsync(IEnumerable<ExpectedPayout> payouts, CancellationToken cancellation = default) =>
        RegisterManyAsync(payouts.ToAsyncEnumerable(), cancellation);

    /// <summary>Sends what is open and adds the results as they come, up to a line that is to be sent again.</summary>
    private async Task SendAsync(Queue<ExpectedPayout> open, List<RegistrationResult> results, Backoff backoff, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/payouts", UriKind.Relative))
        {
            Content = Content(open, "application/x-ndjson"),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode) throw await ProblemReading.OfAsync(response, clock, cancellation);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        foreach (var payout in open)
        {
            var line = await lines.ReadLineAsync(cancellation) ?? throw new StrangeAnswer("The results ended before the last one.");
            var result = RegistrationReading.Of(payout, line, number: results.Count + 1);
            if (result is { Status: >= 500, Problem: { } problem } && backoff.Attempt < AttemptsMax - 1) throw new ReconcilerProblem(problem);
            results.Add(result);
        }

        backoff.Reset();
    }

    private static ByteArrayContent Content(IEnumerable<ExpectedPayout> payouts, string type)
    {
        using var bytes = new MemoryStream();
        using var json = new Utf8JsonWriter(bytes);
        foreach (var payout in payouts)
        {
            payout.WriteTo(json);
            json.Flush();
            json.Reset();
            bytes.WriteByte((byte)'\n');
        }

        var content = new ByteArrayContent(bytes.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }
}
