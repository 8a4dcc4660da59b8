using Microsoft.Extensions.Configuration;
using Reconciler.Ledger.Broker;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Broker;

public sealed class Configuring_the_broker(PostgresFixture postgres)
{
    private const string Good = "amqp://user:p%40ss-word@rabbit.example.com/pay";

    [Fact]
    public void Needs_the_uri_and_nothing_else()
    {
        var options = From(Good).ShouldNotBeNull();

        (options.Exchange, options.Source, options.Window, options.Declare, options.Mandatory)
            .ShouldBe(("reconciler.changes", "urn:reconciler", 256, true, false));
        options.ToString().ShouldBe("amqp://rabbit.example.com:5672/pay");
        From("").ShouldBeNull();
        From(null).ShouldBeNull();
    }

    [Theory]
    [InlineData("http://user:p%40ss-word@rabbit.example.com")]
    [InlineData("rabbit.example.com:5672")]
    [InlineData("amqp:///pay")]
    [InlineData("amqp://user:p@ss-word@rabbit.example.com:99999/")]
    [InlineData("amqp://user:p%40ss-word@rabbit.example.com/a/b")]
    [InlineData("amqp://user:p%40ss-word@rabbit.example.com/?heartbeat=5")]
    public void A_uri_that_is_none_is_refused_without_being_told(string uri)
    {
        var message = Should.Throw<InvalidOperationException>(() => From(uri)).Message;

        message.ShouldStartWith("Reconciler__Broker__Uri ");
        message.ShouldNotContain("ss-word");
    }

    [Theory]
    [InlineData("Exchange", "amq.topic")]
    [InlineData("Exchange", "a\nb")]
    [InlineData("Source", "no uri")]
    [InlineData("Window", "0")]
    [InlineData("Window", "10001")]
    [InlineData("Window", "many")]
    [InlineData("Declare", "yes")]
    [InlineData("Mandatory", "1")]
    [InlineData("Exchage", "changes")]
    public void A_setting_that_makes_no_sense_is_named(string name, string value) =>
        Should.Throw<InvalidOperationException>(() => From(Good, name, value)).Message.ShouldStartWith($"Reconciler__Broker__{name} ");

    [Fact]
    public async Task Wrongly_keeps_the_service_from_starting()
    {
        var fault = await Should.ThrowAsync<Exception>(() => ServiceHost.StartAsync(postgres, settings: Publishing.To("https://rabbit.example.com", "changes")));

        fault.ToString().ShouldContain("Reconciler__Broker__Uri");
    }

    [Fact]
    public void Over_TLS_demands_a_certificate_of_that_name()
    {
        var factory = BrokerSession.Factory(From("amqps://user:secret@rabbit.example.com")!, "node");

        factory.Ssl.Enabled.ShouldBeTrue();
        factory.Ssl.ServerName.ShouldBe("rabbit.example.com");
        factory.Endpoint.Ssl.AcceptablePolicyErrors.ShouldBe(System.Net.Security.SslPolicyErrors.None);
        factory.Endpoint.Port.ShouldBe(5671);
    }

    [Fact]
    public void Takes_what_is_percent_encoded()
    {
        var factory = BrokerSession.Factory(From("amqp://us%65r:p%40ss@rabbit.example.com:5673/a%2fb")!, "node");

        (factory.UserName, factory.Password, factory.VirtualHost, factory.Port).ShouldBe(("user", "p@ss", "a/b", 5673));
    }

    private static BrokerOptions? From(string? uri, string name = "Window", string value = "") =>
        BrokerOptions.From(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Reconciler:Broker:Uri"] = uri,
            [$"Reconciler:Broker:{name}"] = value,
        }).Build());
}
