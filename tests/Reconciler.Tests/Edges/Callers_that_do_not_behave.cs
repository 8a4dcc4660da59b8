using System.Net;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Edges;

public sealed class Callers_that_do_not_behave(PostgresFixture postgres)
{
    private const int HundredMegabytes = 100 * 1024 * 1024;
    private const int Idle = 1_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private static readonly Dictionary<string, string?> Narrow = new()
    {
        ["Reconciler:Edges:HeaderTime"] = "2s", ["Reconciler:Edges:SlowFor"] = "2s", ["Reconciler:Edges:IdleTime"] = "3s",
    };

    [Fact]
    public async Task Headers_that_never_end_are_given_up_while_honest_deliveries_are_kept()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Narrow);
        var slow = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RawClient.OpenAsync(service.Address)));
        var dripping = Task.WhenAll(slow.Select(async client =>
        {
            await client.SendAsync("POST /webhooks/zopay-test HTTP/1.1\r\nHost: x\r\n");
            while (await client.SendAsync("X-Slow: 1\r\n")) await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }));

        await HonestAsync(service, 20);

        foreach (var client in slow) (await client.UntilClosedAsync(Soon)).ShouldBeOneOf("", "HTTP/1.1 408 Request Timeout");
        await dripping.WaitAsync(Soon, TimeProvider.System);
        foreach (var client in slow) client.Dispose();
    }

    [Fact]
    public async Task Bodies_that_come_by_the_byte_are_given_up_while_honest_deliveries_are_kept()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Narrow);
        var slow = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RawClient.OpenAsync(service.Address)));
        var dripping = Task.WhenAll(slow.Select(async client =>
        {
            await client.SendAsync("POST /webhooks/zopay-test HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
            while (await client.SendAsync("x")) await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }));

        await HonestAsync(service, 20);

        foreach (var client in slow) (await client.UntilClosedAsync(Soon)).ShouldBeOneOf("", "HTTP/1.1 408 Request Timeout");
        await dripping.WaitAsync(Soon, TimeProvider.System);
        foreach (var client in slow) client.Dispose();
    }

    [Theory]
    [InlineData("Content-Length: 104857600")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_hundred_megabytes_are_not_read(string header)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        using var client = await RawClient.OpenAsync(service.Address);
        await client.SendAsync($"POST /webhooks/zopay-test HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n");
        var chunk = new string('x', 64 * 1024);
        var framed = header.StartsWith("Transfer", StringComparison.Ordinal) ? $"10000\r\n{chunk}\r\n" : chunk;
        var sent = 0L;
        var sending = Task.Run(async () =>
        {
            while (sent < HundredMegabytes && await client.SendAsync(framed)) sent += chunk.Length;
        });

        (await client.UntilClosedAsync(Soon)).ShouldBeOneOf("", "HTTP/1.1 413 Payload Too Large");
        await sending.WaitAsync(Soon, TimeProvider.System);

        sent.ShouldBeLessThan(HundredMegabytes / 4);
        await HonestAsync(service, 3);
    }

    [Fact]
    public async Task Connections_that_say_nothing_are_closed_and_hinder_nobody()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Narrow);
        var idle = new List<RawClient>();
        for (var number = 0; number < Idle; number++) idle.Add(await RawClient.OpenAsync(service.Address));

        await HonestAsync(service, 20);

        foreach (var client in idle) (await client.UntilClosedAsync(Soon)).ShouldBe("");
        foreach (var client in idle) client.Dispose();
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_at_once()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { ["Reconciler:Edges:Connections"] = "10" });
        var open = new List<RawClient>();
        for (var number = 0; number < 10; number++) open.Add(await RawClient.OpenAsync(service.Address));

        using (var tooMany = await RawClient.OpenAsync(service.Address)) (await tooMany.UntilClosedAsync(Soon)).ShouldBe("");

        foreach (var client in open) client.Dispose();
        await Waits.UntilAsync(async () => await TryAsync(service));
    }

    [Theory]
    [InlineData("Connections", "none")]
    [InlineData("HeaderTime", "0s")]
    [InlineData("HeaderTime", "soon")]
    [InlineData("BodyBytes", "-1")]
    public async Task A_limit_that_makes_no_sense_keeps_the_service_from_starting(string name, string value)
    {
        var fault = await Should.ThrowAsync<Exception>(() =>
            ServiceHost.StartAsync(postgres, settings: new Dictionary<string, string?> { [$"Reconciler:Edges:{name}"] = value }));

        fault.ToString().ShouldContain($"Reconciler__Edges__{name}");
    }

    private static async Task<bool> TryAsync(ServiceHost service)
    {
        try
        {
            return (await service.Anonymous.GetAsync("/health/live")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task HonestAsync(ServiceHost service, int count)
    {
        for (var number = 0; number < count; number++)
        {
            using var answer = await service.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body($"honest-{Guid.CreateVersion7()}"), "zopay-test"));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }
}
