using System.Globalization;
using System.Text.Json;
using RabbitMQ.Client;
using Reconciler.Core;

namespace Reconciler.Ledger.Broker;

/// <summary>
/// One change as a message. All of it comes from what is stored: published again, it is the same message, byte for byte.
/// <para>
/// It is a CloudEvent 1.0 in binary mode: the body is the change, and the event's attributes are headers. The CloudEvents binding for
/// AMQP (1.0.2, section 3.1.3.1) prefixes them with <c>cloudEvents:</c>; RabbitMQ hands the headers of AMQP 0.9.1 to receivers of AMQP 1.0
/// as the application properties that the binding speaks of. Later drafts prefer <c>cloudEvents_</c> for the sake of JMS selectors, and
/// oblige receivers to know both; this one is in every published version. The time is a text, because a timestamp of AMQP 0.9.1 knows
/// whole seconds only; the binding allows the canonical text for every value.
/// </para>
/// <para>
/// The properties say the same once more for receivers that read those: Wolverine takes message-id (a UUID), type and content-type.
/// </para>
/// </summary>
internal sealed class BrokerMessage
{
    internal const string ContentType = "application/json";
    private const string Prefix = "cloudEvents:";

    private BrokerMessage(string routingKey, BasicProperties properties, byte[] body) => (RoutingKey, Properties, Body) = (routingKey, properties, body);

    /// <summary><c>{kind}.{connection}</c>; a kind holds one dot, a connection's key none.</summary>
    public string RoutingKey { get; }

    public BasicProperties Properties { get; }

    /// <summary>The bytes that the pull gives for this position.</summary>
    public byte[] Body { get; }

    /// <param name="epoch">The history that the position belongs to.</param>
    public static BrokerMessage Of(FeedEntry change, Guid epoch, string source)
    {
        using var stored = JsonDocument.Parse(change.Body);
        var id = stored.RootElement.GetProperty("id").GetGuid().ToString();
        var occurredAt = stored.RootElement.GetProperty("occurredAt").GetDateTimeOffset();
        var recordedAt = stored.RootElement.GetProperty("recordedAt").GetDateTimeOffset();
        var properties = new BasicProperties
        {
            MessageId = id,
            Type = change.Kind,
            ContentType = ContentType,
            Persistent = true,
            Timestamp = new AmqpTimestamp(recordedAt.ToUnixTimeSeconds()),
            Headers = new Dictionary<string, object?>
            {
                [Prefix + "specversion"] = "1.0",
                [Prefix + "id"] = id,
                [Prefix + "type"] = change.Kind,
                [Prefix + "source"] = source,
                [Prefix + "subject"] = change.StreamId,
                [Prefix + "time"] = InstantConverter.Text(occurredAt),
                // The extension "sequence" wants texts that sort as the events do, so the position has leading zeros.
                [Prefix + "sequence"] = change.Position.ToString("D19", CultureInfo.InvariantCulture),
                // Positions of two epochs cannot be compared.
                [Prefix + "epoch"] = epoch.ToString(),
            },
        };
        return new BrokerMessage($"{change.Kind}.{change.Connection}", properties, change.ToJson());
    }
}
