using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Reconciler.Tests.Appending;

namespace Reconciler.Tests.Ledger.Broker;

/// <summary>Takes letters out of a queue as they come, and keeps them in the order in which they came.</summary>
internal sealed class Consumer : IAsyncDisposable
{
    private readonly List<Letter> letters = [];
    private readonly IConnection connection;
    private readonly IChannel channel;
    private long position;

    private Consumer(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    /// <summary>The highest position that came.</summary>
    public long Position => Interlocked.Read(ref position);

    public static async Task<Consumer> OfAsync(PrivateBroker broker, string queue)
    {
        var connection = await broker.ConnectAsync();
        var consumer = new Consumer(connection, await connection.CreateChannelAsync());
        var events = new AsyncEventingBasicConsumer(consumer.channel);
        events.ReceivedAsync += (_, got) =>
        {
            // One after the other; the client's buffer is its own again afterwards.
            var letter = new Letter(got.RoutingKey, new BasicProperties(got.BasicProperties), got.Body.ToArray());
            consumer.letters.Add(letter);
            if (letter.Position > consumer.Position) Interlocked.Exchange(ref consumer.position, letter.Position);
            return Task.CompletedTask;
        };
        await consumer.channel.BasicConsumeAsync(queue, autoAck: true, events);
        return consumer;
    }

    public Task ReachesAsync(long wanted, TimeSpan within) =>
        Eventually.TrueAsync(() => Task.FromResult(Position >= wanted), $"No letter has the position {wanted}.", within);

    /// <summary>Everything that came; nothing comes any more.</summary>
    public async Task<IReadOnlyList<Letter>> EndAsync()
    {
        await channel.CloseAsync();
        return letters;
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
