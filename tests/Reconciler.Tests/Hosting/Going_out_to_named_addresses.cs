using System.Net;
using System.Net.Sockets;
using Reconciler.Hosting;
using Reconciler.Tests.Ledger.Subscriptions;

namespace Reconciler.Tests.Hosting;

public sealed class Going_out_to_named_addresses
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("100::1")]
    public void Private_ones_are_refused(string address)
    {
        PrivateAddresses.Contain(IPAddress.Parse(address)).ShouldBeTrue();
        new OutgoingGuard([]).Refusal(IPAddress.Parse(address), isEncrypted: true).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("192.167.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450::1")]
    [InlineData("::ffff:8.8.8.8")]
    public void Public_ones_are_reached_by_https_alone(string address)
    {
        var guard = new OutgoingGuard([]);
        guard.Refusal(IPAddress.Parse(address), isEncrypted: true).ShouldBeNull();
        guard.Refusal(IPAddress.Parse(address), isEncrypted: false)!.ShouldContain("https");
    }

    [Fact]
    public void An_allowed_range_opens_itself_and_nothing_beside_it()
    {
        var guard = new OutgoingGuard([IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd00:1::/32")]);
        foreach (var inside in (string[])["10.1.0.1", "10.1.255.255", "::ffff:10.1.2.3", "fd00:1::9"])
            guard.Refusal(IPAddress.Parse(inside), isEncrypted: false).ShouldBeNull(inside);
        foreach (var outside in (string[])["10.2.0.1", "127.0.0.1", "fd00:2::1", "169.254.169.254"])
            guard.Refusal(IPAddress.Parse(outside), isEncrypted: true).ShouldNotBeNull(outside);
    }

    [Fact]
    public async Task The_address_that_was_judged_is_the_one_that_is_connected_to()
    {
        await using var receiver = await Receiver.StartAsync();
        var looks = 0;
        var guard = new OutgoingGuard([IPNetwork.Parse(Subscribers.Loopback)], (_, _) =>
        {
            looks++;
            return Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.Loopback]);
        });
        using var http = guard.CreateInvoker(1);

        using var answer = await PostAsync(http, $"http://rebound.example:{receiver.Address.Port}/");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError, "It has no change in it, but it came through to the only allowed address.");
        looks.ShouldBe(1, "A second look-up could name another address.");
    }

    [Theory]
    [InlineData("http://localhost:1/")]
    [InlineData("https://localhost:1/")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("https://[::1]:1/")]
    [InlineData("https://[::ffff:127.0.0.1]:1/")]
    [InlineData("https://2130706433:1/")]
    [InlineData("https://0x7f.1:1/")]
    [InlineData("https://127.1:1/")]
    public async Task Whatever_a_name_or_number_turns_into_is_judged(string url)
    {
        using var http = new OutgoingGuard([]).CreateInvoker(1);
        var fault = await Should.ThrowAsync<HttpRequestException>(() => PostAsync(http, url));
        fault.InnerException.ShouldBeOfType<OutgoingRefused>();
    }

    [Fact]
    public async Task A_name_without_any_allowed_address_is_not_connected_to()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var guard = new OutgoingGuard([], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]));
        using var http = guard.CreateInvoker(1);

        await Should.ThrowAsync<HttpRequestException>(() => PostAsync(http, $"https://inside.example:{((IPEndPoint)listener.LocalEndpoint).Port}/"));

        listener.Pending().ShouldBeFalse();
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpMessageInvoker http, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        return await http.SendAsync(request, CancellationToken.None);
    }
}
