using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Reconciler.Simulator.PawaPay;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Webhooks;

/// <summary>Sends what is due, by a bounded number of workers over kept connections.</summary>
public sealed class WebhookSender(
    Agenda agenda, WebhookPlanner planner, PayoutBook payouts, SimulatorOptions options, TimeProvider clock) : BackgroundService
{
    private const int WaitingMax = 1024;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan StaleBy = TimeSpan.FromMinutes(15);
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = options.WebhookWorkers,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var waiting = Channel.CreateBounded<DueWebhook>(WaitingMax);
        var workers = Enumerable.Range(0, options.WebhookWorkers).Select(_ => WorkAsync(waiting.Reader, http, stopping)).ToArray();
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                while (agenda.TryTake(clock.GetUtcNow(), out var due))
                {
                    await waiting.Writer.WriteAsync(due.Value, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }

        waiting.Writer.Complete();
        await Task.WhenAll(workers);
    }

    private async Task WorkAsync(ChannelReader<DueWebhook> waiting, HttpClient http, CancellationToken stopping)
    {
        try
        {
            await foreach (var due in waiting.ReadAllAsync(stopping))
            {
                // A reset forgets payouts whose webhooks still wait here.
                if (payouts.Find(due.Payout.Connection.Key, due.Payout.Id) == due.Payout)
                {
                    Count(due, await IsAcknowledgedAsync(due, http, stopping));
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping is how this ends.
        }
    }

    private async Task<bool> IsAcknowledgedAsync(DueWebhook due, HttpClient http, CancellationToken stopping)
    {
        using var request = Compose(due);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(due.Payout.Connection.Provider.AnswerWithin);
        Interlocked.Increment(ref due.Payout.Tally.Sent);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return due.Payout.Connection.Provider.IsAcknowledged((int)answer.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private HttpRequestMessage Compose(DueWebhook due)
    {
        var (payout, provider) = (due.Payout, due.Payout.Connection.Provider);
        var signed = Body(payout, due.Claim);
        var sent = due.Variant == WebhookVariant.Altered ? Body(payout, Opposite(due.Claim)) : signed;
        var now = clock.GetUtcNow();
        var url = payout.Connection.WebhookUrl;
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(sent) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(PlayedPawaPay.ContentType);
        provider.Sign(
            new WebhookMessage(
                payout.Connection, url, due.Claim, signed, DeliveryId(due), due.Variant == WebhookVariant.Stale ? now - StaleBy : now,
                Forged: due.Variant == WebhookVariant.Forged),
            request);
        return request;
    }

    private static byte[] Body(SimPayout payout, Claim claim)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Json))
        {
            payout.Connection.Provider.WriteWebhook(json, payout, claim);
        }

        return body.WrittenSpan.ToArray();
    }

    private static Claim Opposite(Claim claim) =>
        claim with { Standing = claim.Standing == Standing.Succeeded ? Standing.Failed : Standing.Succeeded };

    // Kept over retries and copies of one webhook, as far as is known.
    private static string DeliveryId(DueWebhook due)
    {
        var isFalse = due.Variant is WebhookVariant.Forged or WebhookVariant.Lie ? (long)due.Variant : 0;
        var draws = new Draws(due.Payout.Seed ^ Draws.SeedFor(isFalse, "delivery", due.Claim.At.UtcTicks - due.Payout.StartedAt.UtcTicks));
        return draws.Uuid();
    }

    private void Count(DueWebhook due, bool acknowledged)
    {
        var tally = due.Payout.Tally;
        switch (due.Variant)
        {
            case WebhookVariant.Duplicate:
                Interlocked.Increment(ref tally.Duplicated);
                break;
            case WebhookVariant.Altered:
                Interlocked.Increment(ref tally.Altered);
                break;
            case WebhookVariant.Forged:
                Interlocked.Increment(ref tally.Forged);
                break;
            case WebhookVariant.Stale:
                Interlocked.Increment(ref tally.Stale);
                break;
            case WebhookVariant.Lie:
                Interlocked.Increment(ref tally.Lied);
                break;
            default:
                break;
        }

        if (!acknowledged)
        {
            Interlocked.Increment(ref tally.Refused);
            if (due.Variant is WebhookVariant.True or WebhookVariant.Altered && !planner.Retry(due))
            {
                Interlocked.Increment(ref tally.GivenUp);
            }
        }
        else if (due.Variant == WebhookVariant.True)
        {
            Interlocked.Increment(ref tally.Acknowledged);
        }
        else if (due.Variant is WebhookVariant.Altered or WebhookVariant.Forged)
        {
            Interlocked.Increment(ref tally.FalseAcknowledged);
        }
    }
}
