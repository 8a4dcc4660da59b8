using System.Net;
using System.Text;
using Reconciler.Tests.Appending;

namespace Reconciler.Tests.Ingest;

[Collection(OneService.Name)]
public sealed class Hostile_deliveries(Service service)
{
    private static readonly string LongId = new('i', 201);

    /// <summary>Bodies that a holder of the secret signed, and why nothing can be read from them.</summary>
    public static TheoryData<string, byte[], string> Unreadable => new()
    {
        { "empty", [], "not_json" },
        { "null", "null"u8.ToArray(), "unknown_shape" },
        { "a number", "1e400"u8.ToArray(), "unknown_shape" },
        { "an array", "[]"u8.ToArray(), "unknown_shape" },
        { "5,000 levels deep", Encoding.ASCII.GetBytes(new string('[', 5000) + new string(']', 5000)), "not_json" },
        { "5,000 levels deep within", Within($$"""{"payout_id":"deep","status":"SUCCESS","x":{{new string('[', 5000)}}{{new string(']', 5000)}}}"""), "not_json" },
        { "U+0000 in the id", Within("""{"payout_id":"a\u0000b","status":"SUCCESS"}"""), "no_payout_id" },
        { "a raw U+0000", Within("{\"payout_id\":\"a\0b\",\"status\":\"SUCCESS\"}"), "not_json" },
        { "half a surrogate pair in the id", Within("""{"payout_id":"a\ud800","status":"SUCCESS"}"""), "no_payout_id" },
        { "half a surrogate pair as a name", Within("""{"payout_id":"a","status":"SUCCESS","\ud800":1}"""), "not_json" },
        { "broken UTF-8", [.. "{\"data\":{\"payout_id\":\""u8, 0xC3, 0x28, .. "\",\"status\":\"SUCCESS\"}}"u8], "not_json" },
        { "a key twice", Within("""{"payout_id":"twice","status":"SUCCESS","status":"FAILED"}"""), "not_json" },
        { "1e400", Within("""{"payout_id":"huge","status":"SUCCESS","amount":1e400,"currency":"XOF"}"""), "amount_unreadable" },
        { "a negative amount", Within("""{"payout_id":"minus","status":"SUCCESS","amount":"-5000","currency":"XOF"}"""), "amount_unreadable" },
        { "an amount that is too precise", Within("""{"payout_id":"fine","status":"SUCCESS","amount":"5000.01","currency":"XOF"}"""), "amount_unreadable" },
        { "an amount that is an object", Within("""{"payout_id":"object","status":"SUCCESS","amount":{},"currency":"XOF"}"""), "amount_unreadable" },
        { "a currency from nowhere", Within("""{"payout_id":"where","status":"SUCCESS","amount":"1","currency":"ZZZ"}"""), "currency_unknown" },
        { "an id of 201 characters", Within($$"""{"payout_id":"{{LongId}}","status":"SUCCESS"}"""), "no_payout_id" },
        { "an id that climbs", Within("""{"payout_id":"../../admin","status":"SUCCESS"}"""), "no_payout_id" },
        { "an id with a line break", Within("""{"payout_id":"a\r\nb","status":"SUCCESS"}"""), "no_payout_id" },
        { "an id that is a list", Within("""{"payout_id":["a"],"status":"SUCCESS"}"""), "no_payout_id" },
        { "no status", Within("""{"payout_id":"a"}"""), "no_status" },
        { "an entity", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"u8.ToArray(), "not_json" },
    };

    /// <summary>Ids that are odd, and ids.</summary>
    public static TheoryData<string> OddIds => ["a/b/c", "\u202Eevil", "🧾-😀", "' or 1=1 --", "%2e%2e%2f", "<script>alert(1)</script>", "{0}", new string('é', 200)];

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task That_are_signed_and_cannot_be_read_are_kept_with_the_reason(string what, byte[] body, string reason)
    {
        (await service.StatusAsync(ZoPaySender.Signed(body))).ShouldBe(HttpStatusCode.OK, what);

        (await Rows.OneAsync<string>(service.Database, $"""
            select unreadable from reconciler.evidence where connection = '{ZoPaySender.Connection}' and digest = sha256('\x{Convert.ToHexString(body)}')
                and stream_id is null and deliveries > 0 and length(body) > {body.Length} and length(salt) = 32
            """)).ShouldBe(reason, what);
        await service.IsWellAsync();
    }

    [Theory]
    [MemberData(nameof(OddIds))]
    public async Task With_an_odd_id_are_about_the_payout_of_that_id(string id)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"event":"payout.completed","data":{"payout_id":{{{System.Text.Json.JsonSerializer.Serialize(id)}}},"status":"SUCCESS"}}""");

        (await service.StatusAsync(ZoPaySender.Signed(body))).ShouldBe(HttpStatusCode.OK);

        (await Rows.CountAsync(service.Database, $"payouts where provider_payout_id = '{id.Replace("'", "''")}' and status = 'succeeded'")).ShouldBe(1);
        await service.IsWellAsync();
    }

    [Fact]
    public async Task With_text_that_cannot_be_stored_lose_that_text_only()
    {
        var body = Within("""{"payout_id":"text-1","status":"FAILED","failure_reason":"no\u0000money","recipient_msisdn":"\ud83d"}""");

        (await service.StatusAsync(ZoPaySender.Signed(body))).ShouldBe(HttpStatusCode.OK);

        (await Rows.OneAsync<string>(service.Database, "select status from reconciler.payouts where provider_payout_id = 'text-1'")).ShouldBe("failed");
        await service.IsWellAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_are_too_large_get_413(bool chunked)
    {
        using var request = ZoPaySender.Signed(Within($$"""{"payout_id":"large","status":"SUCCESS","x":"{{new string('x', 400_000)}}"}"""));
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await service.Process.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await Rows.CountAsync(service.Database, "payouts where provider_payout_id = 'large'")).ShouldBe(0);
        await service.IsWellAsync();
    }

    [Fact]
    public async Task At_the_bound_are_kept_and_a_byte_beyond_is_not()
    {
        const int BytesMax = 256 * 1024;
        var head = "{\"data\":{\"payout_id\":\"bound\",\"status\":\"SUCCESS\",\"x\":\""u8.ToArray();
        var tail = "\"}}"u8.ToArray();
        byte[] Sized(int bytes) => [.. head, .. Enumerable.Repeat((byte)'x', bytes - head.Length - tail.Length), .. tail];

        (await service.StatusAsync(ZoPaySender.Signed(Sized(BytesMax)))).ShouldBe(HttpStatusCode.OK);
        (await service.StatusAsync(ZoPaySender.Signed(Sized(BytesMax + 1)))).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("%00")]
    [InlineData("..%2f..%2fetc")]
    [InlineData("ZOPAY-TEST")]
    [InlineData("%F0%9F%92%A9")]
    public async Task To_a_connection_that_is_not_there_get_a_clear_no(string key)
    {
        ((int)await service.StatusAsync(ZoPaySender.Unsigned(ZoPaySender.Body("p"), key))).ShouldBeInRange(400, 404);
        await service.IsWellAsync();
    }

    private static byte[] Within(string data) => Encoding.UTF8.GetBytes($$"""{"event":"payout.updated","data":{{data}}}""");
}
