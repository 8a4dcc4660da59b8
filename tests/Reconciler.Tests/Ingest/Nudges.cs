using System.Net;
using System.Net.Http.Json;
using Reconciler.Tests.Appending;

namespace Reconciler.Tests.Ingest;

/// <summary>A connection without secrets cannot verify: what comes there is kept, never counted.</summary>
[Collection(OneService.Name)]
public sealed class Nudges(Service service)
{
    [Fact]
    public async Task About_a_known_payout_are_kept_and_make_us_ask_at_once()
    {
        await AnnounceAsync("nudged-1");

        (await NudgeAsync("nudged-1")).ShouldBe(HttpStatusCode.OK);
        (await NudgeAsync("nudged-1")).ShouldBe(HttpStatusCode.OK, "A duplicate, too.");

        (await Rows.CountAsync(service.Database, "evidence where stream_id = 'zopay-open/nudged-1' and nudges = 2 and deliveries = 0 and verified_by is null")).ShouldBe(1);
        (await Rows.CountAsync(service.Database, "mt_events where stream_id = 'zopay-open/nudged-1' and type = 'webhook_received' and data->>'verified' = 'false'")).ShouldBe(1);
        await Eventually.TrueAsync(() => Task.FromResult(service.Provider.Asked.Any(path => path.Contains("nudged-1"))), "Nobody asked the provider.");
        (await Rows.CountAsync(service.Database, "payouts where stream_id = 'zopay-open/nudged-1' and status = 'pending' and confidence = 'expected' and status_version = 1")).ShouldBe(1);
        (await Rows.CountAsync(service.Database, "mt_events where stream_id = 'zopay-open/nudged-1' and type = 'payout_status_changed'")).ShouldBe(1);
    }

    [Fact]
    public async Task About_a_payout_that_nobody_registered_create_nothing()
    {
        (await NudgeAsync("unheard-of")).ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(
            async () => await Rows.CountAsync(service.Database, "rejected_deliveries where connection = 'zopay-open' and reason = 'nudge_unregistered'") > 0,
            "It is not in the reject log.");
        (await Rows.CountAsync(service.Database, "payouts where stream_id = 'zopay-open/unheard-of'")).ShouldBe(0);
        (await Rows.CountAsync(service.Database, "mt_streams where id = 'zopay-open/unheard-of'")).ShouldBe(0);
        (await Rows.CountAsync(service.Database, "evidence where stream_id = 'zopay-open/unheard-of'")).ShouldBe(0);
    }

    [Fact]
    public async Task That_cannot_be_read_create_nothing()
    {
        (await service.StatusAsync(ZoPaySender.Unsigned("{\"nudge\":\"unreadable\"}"u8.ToArray(), ZoPaySender.Open))).ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(
            async () => await Rows.CountAsync(service.Database, "rejected_deliveries where connection = 'zopay-open' and reason = 'nudge_unreadable'") > 0,
            "It is not in the reject log.");
        (await Rows.CountAsync(service.Database, "evidence where connection = 'zopay-open' and stream_id is null")).ShouldBe(0);
    }

    private Task<HttpStatusCode> NudgeAsync(string payout) => service.StatusAsync(ZoPaySender.Unsigned(ZoPaySender.Body(payout), ZoPaySender.Open));

    private async Task AnnounceAsync(string payout)
    {
        using var response = await service.Process.Http.PostAsJsonAsync("v1/payouts",
            new { connection = ZoPaySender.Open, providerPayoutId = payout, reference = $"ref-{payout}", amount = "5000", currency = "XOF" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }
}
