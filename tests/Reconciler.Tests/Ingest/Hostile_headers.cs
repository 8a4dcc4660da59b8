using System.Net;
using System.Net.Sockets;
using System.Text;
using Reconciler.Tests.Appending;

namespace Reconciler.Tests.Ingest;

[Collection(OneService.Name)]
public sealed class Hostile_headers(Service service)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Signatures => new()
    {
        { "empty", "" },
        { "a word", "sha256" },
        { "not hex", new string('z', 64) },
        { "too short", new string('a', 62) },
        { "wrong", new string('a', 64) },
        { "with a prefix of another algorithm", "md5=" + new string('a', 32) },
        { "10,000 characters", new string('a', 10_000) },
        { "not ASCII", "🔑" },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    public async Task A_signature_that_is_none_gets_401_or_400_and_keeps_nothing(string what, string signature)
    {
        var answer = await RawAsync($"X-Zo-Timestamp: {TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}\r\nX-Zo-Signature: {signature}\r\n", "forged-1");

        answer.ShouldBeOneOf([401, 400], what);
        await KeptNothingAsync("forged-1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Zo-Signature: aa\r\n")]
    [InlineData("X-Zo-Timestamp: 1\r\nX-Zo-Signature: 6161616161616161616161616161616161616161616161616161616161616161\r\n")]
    [InlineData("X-Zo-Timestamp: 99999999999999999999999999\r\nX-Zo-Signature: 6161616161616161616161616161616161616161616161616161616161616161\r\n")]
    public async Task Missing_or_absurd_ones_get_401(string headers)
    {
        (await RawAsync(headers, "forged-2")).ShouldBe(401);
        await KeptNothingAsync("forged-2");
    }

    [Fact]
    public async Task Thirty_timestamps_are_no_better_than_the_first()
    {
        using var request = ZoPaySender.Signed(ZoPaySender.Body("thirty"));
        for (var number = 0; number < 29; number++) request.Headers.TryAddWithoutValidation("X-Zo-Timestamp", $"{number}");

        (await service.StatusAsync(request)).ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Unauthorized);
        await service.IsWellAsync();
    }

    [Theory]
    [InlineData("Host: \r\n")]
    [InlineData("Host: a b c\r\n")]
    [InlineData("Host: one\r\nHost: two\r\n")]
    [InlineData("Host: ${jndi:ldap://x}\r\n")]
    public async Task An_absurd_host_gets_a_clear_no(string host)
    {
        (await RawAsync("", "host-1", host)).ShouldBeOneOf(400, 401);
        await service.IsWellAsync();
    }

    [Fact]
    public async Task More_headers_than_a_server_takes_get_a_4xx()
    {
        (await RawAsync(string.Concat(Enumerable.Range(0, 300).Select(number => $"X-{number}: {new string('x', 500)}\r\n")), "many")).ShouldBeInRange(400, 431);
        await service.IsWellAsync();
    }

    [Fact]
    public async Task A_delivery_id_that_is_too_long_to_be_one_is_none()
    {
        using var request = ZoPaySender.Signed(ZoPaySender.Body("long-delivery-id"));
        request.Headers.Add("X-Zo-Delivery-Id", new string('d', 8000));

        (await service.StatusAsync(request)).ShouldBe(HttpStatusCode.OK);

        (await Rows.CountAsync(service.Database, "evidence where stream_id = 'zopay-test/long-delivery-id' and delivery_id is null")).ShouldBe(1);
        (await Rows.OneAsync<int>(service.Database, "select length(state::text) from reconciler.payouts where provider_payout_id = 'long-delivery-id'")).ShouldBeLessThan(4000);
    }

    [Fact]
    public async Task Senders_that_hang_up_in_the_middle_of_a_body_leave_nothing_and_hold_nothing()
    {
        for (var number = 0; number < 20; number++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(service.Process.Http.BaseAddress!.Host, service.Process.Http.BaseAddress.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /webhooks/{ZoPaySender.Connection} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{{\"data\""));
            client.LingerState = new LingerOption(number % 2 == 0, 0);
        }

        await service.IsWellAsync();
    }

    /// <summary>Sent byte by byte as given: no client of ours may tidy it up.</summary>
    private async Task<int> RawAsync(string headers, string payout, string host = "Host: example.com\r\n")
    {
        var body = ZoPaySender.Body(payout);
        using var client = new TcpClient();
        await client.ConnectAsync(service.Process.Http.BaseAddress!.Host, service.Process.Http.BaseAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[.. Encoding.UTF8.GetBytes(
            $"POST /webhooks/{ZoPaySender.Connection} HTTP/1.1\r\n{host}{headers}Connection: close\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var status = await reader.ReadLineAsync().WaitAsync(AnswerMax, TimeProvider.System);
        return int.Parse(status.ShouldNotBeNull().Split(' ')[1]);
    }

    private async Task KeptNothingAsync(string payout)
    {
        (await Rows.CountAsync(service.Database, $"evidence where stream_id = '{ZoPaySender.Connection}/{payout}'")).ShouldBe(0);
        (await Rows.CountAsync(service.Database, $"payouts where provider_payout_id = '{payout}'")).ShouldBe(0);
        await service.IsWellAsync();
    }
}
