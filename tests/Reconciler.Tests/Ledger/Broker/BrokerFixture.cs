namespace Reconciler.Tests.Ledger.Broker;

/// <summary>One broker for all tests that use one; each takes an exchange of its own, and leaves the broker running and willing.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private PrivateBroker? broker;
    private int exchanges;

    public PrivateBroker Broker => broker ?? throw new InvalidOperationException("The fixture has not started.");

    public string NewExchange() => $"changes-{Interlocked.Increment(ref exchanges)}";

    public async ValueTask InitializeAsync() => broker = await PrivateBroker.StartAsync();

    public ValueTask DisposeAsync() => broker?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>One after the other: some of them stop the broker.</summary>
[CollectionDefinition(nameof(RabbitMq))]
public sealed class RabbitMq : ICollectionFixture<BrokerFixture>;
