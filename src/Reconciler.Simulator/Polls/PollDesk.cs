using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Faults;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Polls;

/// <summary>Answers status requests whose credentials were accepted: rate limit, faults, then the truth or a lie.</summary>
public sealed class PollDesk(PayoutBook payouts, RateLimits limits, PollErrors errors, GlobalFaults faults, TimeProvider clock)
{
    private const string MaintenancePage = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task AnswerAsync(HttpContext http, SimConnection connection, string id, StatusForm form)
    {
        var now = clock.GetUtcNow();
        if (!limits.TryTake(connection, now, http, out var retryAfterSeconds))
        {
            await RefuseAsync(http, connection.Provider, RefusalKind.Throttled, retryAfterSeconds);
            return;
        }

        if (payouts.Find(connection.Key, id) is not { } payout)
        {
            await WriteAsync(http, form.NotFound, 0);
            return;
        }

        var poll = Interlocked.Increment(ref payout.Tally.Polls);
        var error = errors.For(payout, poll);
        if (error is { } counted)
        {
            Interlocked.Increment(ref payout.Tally.PollErrors);
            if (counted == PollErrorKind.Slow)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(faults.SlowMs), clock, http.RequestAborted);
            }
        }

        switch (error)
        {
            case PollErrorKind.Throttled:
                await RefuseAsync(http, connection.Provider, RefusalKind.Throttled, retryAfterSeconds: 1);
                break;
            case PollErrorKind.Broken:
                await RefuseAsync(http, connection.Provider, RefusalKind.Broken);
                break;
            case PollErrorKind.Unauthorised:
                await RefuseAsync(http, connection.Provider, RefusalKind.Unauthorised);
                break;
            case PollErrorKind.NotFound:
                await WriteAsync(http, form.NotFound, 0);
                break;
            case PollErrorKind.Html:
                await WriteAsync(http, 200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(MaintenancePage));
                break;
            case PollErrorKind.Empty:
                await WriteAsync(http, 200, "application/json", default);
                break;
            default:
                await TellAsync(http, payout, form, error);
                break;
        }
    }

    public Task RefuseAsync(HttpContext http, IPlayedProvider provider, RefusalKind kind, int retryAfterSeconds = 0) =>
        WriteAsync(http, provider.Refuse(kind, retryAfterSeconds), retryAfterSeconds);

    private async Task TellAsync(HttpContext http, SimPayout payout, StatusForm form, PollErrorKind? error)
    {
        var claim = errors.Lie(payout) ?? payout.At(clock.GetUtcNow());
        var shownId = error == PollErrorKind.WrongId ? errors.AnotherId(payout) : payout.Id;
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Json))
        {
            form.Write(json, payout, claim, shownId);
        }

        if (error != PollErrorKind.Cut)
        {
            await WriteAsync(http, 200, "application/json", body.WrittenMemory);
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory[..(body.WrittenCount / 2)], http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        http.Abort();
    }

    private static Task WriteAsync(HttpContext http, Refusal refusal, int retryAfterSeconds)
    {
        if (refusal.WithRetryAfter)
        {
            http.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(http, refusal.HttpStatus, "application/json", Encoding.UTF8.GetBytes(refusal.Json));
    }

    private static async Task WriteAsync(HttpContext http, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
