using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Simulator.Payouts;

namespace Reconciler.Simulator.Demo;

/// <summary>The demonstration's requests to the simulator and to the service. A fault is thrown: the caller tries again later.</summary>
public sealed class DemoLinks : IDisposable
{
    private const int PagesMax = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly DemoSettings _settings;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public DemoLinks(DemoSettings settings) => _settings = settings;

    /// <summary>Faults that pass: not up yet, busy, cut, or answered with something else than JSON.</summary>
    public static bool MayPass(Exception fault, CancellationToken stopping) => !stopping.IsCancellationRequested
        && fault is HttpRequestException or OperationCanceledException or JsonException or IOException;

    public async Task<List<Started>> StartAsync(IReadOnlyList<PayoutOrder> orders, CancellationToken stopping)
    {
        using var answer = await _http.PostAsJsonAsync(At(_settings.Self, "/sim/payouts"), orders, Json, stopping);
        await EnsureAsync(answer, stopping);
        return (await answer.Content.ReadFromJsonAsync<StartedPage>(Json, stopping))!.Payouts;
    }

    /// <summary>Registers many: one result a line comes back, in the same order.</summary>
    /// <returns>The payouts that need not be sent again, and what the service said of those that it refused.</returns>
    public async Task<(HashSet<string> Done, List<string> Refusals)> RegisterAsync(IReadOnlyList<Started> payouts, CancellationToken stopping)
    {
        var lines = string.Concat(payouts.Select(payout => JsonSerializer.Serialize(
            new Expected(
                payout.Connection, payout.ProviderPayoutId, payout.Reference, payout.Amount, payout.Currency, payout.Recipient, payout.InitiatedAt),
            Json) + "\n"));
        using var request = Authorised(HttpMethod.Post, "/v1/payouts");
        request.Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
        using var answer = await _http.SendAsync(request, stopping);
        await EnsureAsync(answer, stopping);
        var results = (await answer.Content.ReadAsStringAsync(stopping)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (done, refusals) = (new HashSet<string>(), new List<string>());
        foreach (var (payout, result) in payouts.Zip(results))
        {
            // What failed on the service's side (5xx) may be sent again; what it refuses once it refuses for ever.
            var status = JsonSerializer.Deserialize<RegisteredLine>(result, Json)!.Status;
            if (status < 500)
            {
                done.Add(payout.Id);
            }

            if (status >= 400)
            {
                refusals.Add(result);
            }
        }

        return (done, refusals);
    }

    public async Task<Dictionary<string, ServicePayout>> ServicePayoutsAsync(CancellationToken stopping)
    {
        var found = new Dictionary<string, ServicePayout>();
        string? cursor = null;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var page = await ReadAsync<ServicePage>("/v1/payouts", cursor, stopping);
            foreach (var payout in page.Items)
            {
                found[payout.Id] = payout;
            }

            if ((cursor = page.NextCursor) is null)
            {
                break;
            }
        }

        return found;
    }

    public async Task<List<ServiceCase>> CasesAsync(CancellationToken stopping)
    {
        var found = new List<ServiceCase>();
        string? cursor = null;
        for (var pages = 0; pages < PagesMax; pages++)
        {
            var page = await ReadAsync<CasePage>("/v1/discrepancies", cursor, stopping);
            found.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null)
            {
                break;
            }
        }

        return found;
    }

    public async Task<Dictionary<string, TruthLine>> TruthAsync(CancellationToken stopping)
    {
        using var answer = await _http.GetAsync(At(_settings.Self, "/sim/truth?format=ndjson"), stopping);
        await EnsureAsync(answer, stopping);
        var lines = (await answer.Content.ReadAsStringAsync(stopping)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Select(line => JsonSerializer.Deserialize<TruthLine>(line, Json)!).ToDictionary(truth => truth.Id);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> ReadAsync<T>(string path, string? cursor, CancellationToken stopping)
    {
        var query = cursor is null ? "?limit=500" : $"?limit=500&cursor={Uri.EscapeDataString(cursor)}";
        using var request = Authorised(HttpMethod.Get, path + query);
        using var answer = await _http.SendAsync(request, stopping);
        await EnsureAsync(answer, stopping);
        return await answer.Content.ReadFromJsonAsync<T>(Json, stopping) ?? throw new JsonException($"{path} answered null.");
    }

    private HttpRequestMessage Authorised(HttpMethod method, string pathAndQuery)
    {
        var request = new HttpRequestMessage(method, At(_settings.Service, pathAndQuery));
        if (_settings.Key is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return request;
    }

    private static Uri At(Uri root, string pathAndQuery) => new(root.AbsoluteUri.TrimEnd('/') + pathAndQuery);

    private static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken stopping)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var body = await answer.Content.ReadAsStringAsync(stopping);
            throw new HttpRequestException(
                $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.AbsolutePath} was answered {(int)answer.StatusCode}: {body[..Math.Min(200, body.Length)]}");
        }
    }
}
