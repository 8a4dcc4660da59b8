using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Reconciler.Tests.Ledger.Broker;

/// <summary>A message as it lay in the queue.</summary>
internal sealed record Letter(string RoutingKey, IReadOnlyBasicProperties Properties, byte[] Body)
{
    public long Position => long.Parse(Header("sequence"), CultureInfo.InvariantCulture);

    public string Header(string attribute) => Encoding.UTF8.GetString((byte[])Properties.Headers!["cloudEvents:" + attribute]!);
}

/// <summary>A durable queue bound to an exchange, as a consumer has one. What lies in it is read in its order.</summary>
internal sealed class Mailbox(PrivateBroker broker, string exchange, string binding = "#")
{
    private static readonly TimeSpan ReadMax = TimeSpan.FromSeconds(60);
    private readonly string queue = $"{exchange}-queue-{binding}";

    public static async Task<Mailbox> OpenAsync(PrivateBroker broker, string exchange, string binding = "#")
    {
        var mailbox = new Mailbox(broker, exchange, binding);
        await mailbox.BindAsync();
        return mailbox;
    }

    public async Task BindAsync()
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(queue, exchange, binding);
    }

    public async Task DeleteExchangeAsync()
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeleteAsync(exchange);
    }

    /// <summary>Takes all that comes, until it is ended.</summary>
    public Task<Consumer> ConsumeAsync() => Consumer.OfAsync(broker, queue);

    /// <summary>Takes all that comes until one letter has the position.</summary>
    public async Task<IReadOnlyList<Letter>> ReadUntilAsync(long position)
    {
        await using var consumer = await ConsumeAsync();
        await consumer.ReachesAsync(position, ReadMax);
        return await consumer.EndAsync();
    }

    /// <summary>Every position from 1 on came, for the first time in order; what came again was the same message.</summary>
    /// <returns>How many came more than once.</returns>
    public static int ShouldBeWhole(IReadOnlyCollection<Letter> letters, long upTo)
    {
        var first = letters.GroupBy(letter => letter.Position).ToList();
        first.Select(letter => letter.Key).ShouldBe(Enumerable.Range(1, (int)upTo).Select(position => (long)position));
        foreach (var same in first)
        {
            same.Select(letter => letter.Properties.MessageId).Distinct().Count().ShouldBe(1, $"Position {same.Key} has two ids.");
            same.Select(letter => Convert.ToHexString(letter.Body)).Distinct().Count().ShouldBe(1, $"Position {same.Key} has two bodies.");
        }

        letters.Select(letter => letter.Properties.MessageId).Distinct().Count().ShouldBe(first.Count);
        return letters.Count - first.Count;
    }
}
