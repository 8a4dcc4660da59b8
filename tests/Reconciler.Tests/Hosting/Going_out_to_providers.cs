using System.Collections.Immutable;
using System.Net;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Tests.Hosting;

public sealed class Going_out_to_providers
{
    [Theory]
    [InlineData("live", "https://api.zopay.com", "8.8.8.8", true)]
    [InlineData("live", "https://api.zopay.com", "10.0.0.1", false)]
    [InlineData("live", "https://api.zopay.com", "127.0.0.1", false)]
    [InlineData("live", "http://127.0.0.1:8090", "127.0.0.1", true)]
    [InlineData("live", "http://127.0.0.1:8090", "10.0.0.1", false)]
    [InlineData("sandbox", "http://simulator:8090", "10.0.0.1", true)]
    [InlineData("sandbox", "http://simulator:8090", "169.254.169.254", false)]
    [InlineData("sandbox", "http://simulator:8090", "168.63.129.16", false)]
    [InlineData("sandbox", "https://sandbox.zopay.example", "::ffff:169.254.169.254", false)]
    [InlineData("sandbox", "https://sandbox.zopay.example", "fe80::1", false)]
    public void Leads_to_addresses_that_fit_the_environment(string environment, string url, string address, bool isReached)
    {
        using var http = new ProviderHttp(null);

        var refusal = http.GuardFor(environment, new Uri(url)).Refusal(IPAddress.Parse(address), url.StartsWith("https", StringComparison.Ordinal));

        (refusal is null).ShouldBe(isReached, refusal);
    }

    [Fact]
    public void Leads_to_private_networks_that_the_operator_named()
    {
        using var http = new ProviderHttp("10.1.0.0/16, 192.168.7.7");

        http.GuardFor("live", new Uri("https://api.zopay.com")).Refusal(IPAddress.Parse("10.1.2.3"), isEncrypted: true).ShouldBeNull();
        http.GuardFor("live", new Uri("https://api.zopay.com")).Refusal(IPAddress.Parse("10.2.2.3"), isEncrypted: true).ShouldNotBeNull();
        Should.Throw<InstallationFault>(() => new ProviderHttp("everywhere")).Message.ShouldContain("Reconciler__OutgoingRanges");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/anything", false)]
    [InlineData("http://127.0.0.1:2/anything", true)]
    [InlineData("https://127.0.0.1:1/anything", true)]
    [InlineData("http://localhost:1/anything", true)]
    public async Task Leads_to_the_host_that_the_connection_names_and_to_no_other(string url, bool isRefused)
    {
        using var http = new ProviderHttp(null);
        var defaults = ProviderCatalog.For(Provider.Zayono).Defaults;
        var settings = new ConnectionSettings(
            ConnectionKey.Parse("zayono-test"), Provider.Zayono, "sandbox",
            new ApiSettings(new Uri("http://127.0.0.1:1/api"), ImmutableDictionary<string, Secret>.Empty, defaults.Options), defaults.Webhook, defaults.Polling);
        using var door = http.For(settings);

        var fault = await Should.ThrowAsync<Exception>(() => door.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), CancellationToken.None));

        (fault is OutgoingRefused).ShouldBe(isRefused, fault.Message);
    }
}
