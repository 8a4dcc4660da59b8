using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Client;

/// <summary>What really became of a payout.</summary>
internal sealed record Paid(bool Succeeded, decimal Amount, string Currency);

/// <summary>
/// Payouts of every fate, each told to the service until it has taken it, as providers do; some are corrected by the provider's own answer
/// after a webhook said otherwise. So what the service is to hold of each is known to the last unit.
/// </summary>
internal sealed class Payments
{
    private const int Senders = 6;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TakenMax = TimeSpan.FromSeconds(90);
    private static readonly string[] Currencies = ["XOF", "XAF", "GHS"];

    private readonly CancellationTokenSource done = new();
    private readonly ConcurrentDictionary<string, Paid> paid = new();
    private readonly HttpClient http;
    private readonly Task sending;

    public Payments(Uri service)
    {
        http = new HttpClient { BaseAddress = service };
        http.DefaultRequestHeaders.Authorization = new("Bearer", ServiceProcess.AdminKey);
        sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(SendAsync));
    }

    /// <summary>By the provider's id; complete once <see cref="EndAsync"/> has returned.</summary>
    public IReadOnlyDictionary<string, Paid> Truth => paid;

    public int Corrected { get; private set; }

    /// <summary>The provider's own word: the truth, whatever a webhook said.</summary>
    public (string Status, string Amount, string Currency) Says(string id) =>
        paid[id] is var truth ? (truth.Succeeded ? "SUCCESS" : "FAILED", Text(truth.Amount), truth.Currency) : default;

    /// <summary>Connections whose provider answers at an address, and is asked only when a test asks.</summary>
    public static string Connections(string provider) => ZoPaySender.Connections(provider).Replace(
        "\"silence\": [\"6h\"], \"verifyFinal\"", "\"silence\": [\"6h\"], \"budget\": [{\"requests\": 100000, \"per\": \"1m\"}], \"verifyFinal\"",
        StringComparison.Ordinal);

    public async Task EndAsync()
    {
        await done.CancelAsync();
        await sending;
        http.Dispose();
        done.Dispose();
    }

    private async Task SendAsync(int sender)
    {
        for (var number = 0; !done.IsCancellationRequested; number++)
        {
            var id = $"p-{sender}-{number}";
            var currency = Currencies[Random.Shared.Next(Currencies.Length)];
            var amount = Random.Shared.Next(1, 10_000_000) / (currency == "GHS" ? 100m : 1m);
            var truth = paid[id] = new Paid(Random.Shared.Next(10) < 7, amount, currency);
            var isCorrected = number % 15 == 14;
            var told = isCorrected ? !truth.Succeeded : truth.Succeeded;
            var body = ZoPaySender.Body(id, told ? "SUCCESS" : "FAILED", Text(amount));
            body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("\"XOF\"", $"\"{currency}\"", StringComparison.Ordinal));
            for (var copies = number % 7 == 0 ? 2 : 1; copies > 0; copies--) await TakenAsync(() => ZoPaySender.Signed(body));
            if (isCorrected)
            {
                await TakenAsync(() => new HttpRequestMessage(HttpMethod.Post, $"v1/payouts/{ZoPaySender.Connection}/{id}/poll"));
                Corrected++;
            }

            await Task.Delay(Pace, TimeProvider.System);
        }
    }

    private async Task TakenAsync(Func<HttpRequestMessage> request)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var last = "nothing"; ; await Task.Delay(TryAgain, TimeProvider.System))
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TakenMax, $"The service does not take it: {last}");
            try
            {
                using var sent = request();
                using var response = await http.SendAsync(sent);
                if (response.IsSuccessStatusCode) return;
                last = $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}";
                response.StatusCode.ShouldBeOneOf(
                    HttpStatusCode.ServiceUnavailable, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway);
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or IOException or SocketException)
            {
                last = gone.Message;
            }
        }
    }

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
