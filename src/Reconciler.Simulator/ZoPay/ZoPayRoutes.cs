using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Payouts;
using Reconciler.Simulator.Polls;

namespace Reconciler.Simulator.ZoPay;

/// <summary>ZoPay's status route and its list, which answers for up to a hundred payouts at once.</summary>
public sealed class ZoPayRoutes(
    ConnectionBook connections, PayoutBook payouts, PollDesk desk, RateLimits limits, ZoPayAuthentication authentication, TimeProvider clock)
{
    private const int LimitMax = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/zopay/api/v1/disbursements/{id}", AnswerAsync);
        routes.MapGet("/zopay/api/v1/disbursements", ListAsync);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var connection = connections.Of("zopay").Single();
        if (authentication.Objection(http, connection) is { } objection)
        {
            await RefuseAsync(http, PlayedZoPay.Unauthorised(objection));
            return;
        }

        await desk.AnswerAsync(http, connection, (string)http.GetRouteValue("id")!, new StatusForm(
            PlayedZoPay.WriteStatus, connection.Provider.Refuse(RefusalKind.NotFound, 0)));
    }

    private async Task ListAsync(HttpContext http)
    {
        var connection = connections.Of("zopay").Single();
        var now = clock.GetUtcNow();
        if (authentication.Objection(http, connection) is { } objection)
        {
            await RefuseAsync(http, PlayedZoPay.Unauthorised(objection));
            return;
        }

        if (!limits.TryTake(connection, now, http, out var retryAfterSeconds))
        {
            await desk.RefuseAsync(http, connection.Provider, RefusalKind.Throttled, retryAfterSeconds);
            return;
        }

        var query = http.Request.Query;
        if (!IsCount(query["limit"], 20, out var limit) || limit is 0 or > LimitMax || !IsCount(query["offset"], 0, out var offset)
            || !IsTime(query["startDate"], out var from) || !IsTime(query["endDate"], out var to))
        {
            await RefuseAsync(http, new Refusal(400, """{"error":"Bad Request","message":"Invalid parameter","code":"VALIDATION_ERROR"}"""));
            return;
        }

        string? status = query["status"], gateway = query["gateway"];
        var matching = payouts.Of(connection.Key)
            .Where(payout => (status is null || PlayedZoPay.Word(payout.At(now)) == status)
                && (gateway is null || PlayedZoPay.Gateway(payout) == gateway)
                && (from is null || payout.StartedAt >= from) && (to is null || payout.StartedAt <= to))
            .ToList();
        await WriteAsync(http, [.. matching.Skip(offset).Take(limit)], matching.Count, limit, offset, now);
    }

    private static async Task WriteAsync(HttpContext http, List<SimPayout> page, int total, int limit, int offset, DateTimeOffset now)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("payouts");
            foreach (var payout in page)
            {
                PlayedZoPay.WritePayout(json, payout, payout.At(now), payout.Id);
            }

            json.WriteEndArray();
            json.WriteNumber("total", total);
            json.WriteNumber("limit", limit);
            json.WriteNumber("offset", offset);
            json.WriteBoolean("hasMore", offset + page.Count < total);
            json.WriteEndObject();
        }

        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        http.Response.StatusCode = refusal.HttpStatus;
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(refusal.Json), http.RequestAborted);
    }

    private static bool IsCount(string? text, int fallback, out int count)
    {
        count = fallback;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private static bool IsTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
        {
            return true;
        }

        var read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
        time = at;
        return read;
    }
}
