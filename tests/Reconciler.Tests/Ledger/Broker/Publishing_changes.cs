using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Broker;

[Collection(nameof(RabbitMq))]
public sealed class Publishing_changes(PostgresFixture postgres, BrokerFixture fixture)
{
    private readonly PrivateBroker broker = fixture.Broker;
    private readonly string exchange = fixture.NewExchange();

    [Fact]
    public async Task Gives_each_position_once_in_order_with_the_bytes_that_the_pull_gives()
    {
        var mailbox = await Mailbox.OpenAsync(broker, exchange);
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("p", 150);
        var head = await Publishing.CaughtUpAsync(service.Http);

        var letters = await mailbox.ReadUntilAsync(head);

        letters.Select(letter => letter.Position).ShouldBe(Enumerable.Range(1, (int)head).Select(position => (long)position));
        using var page = JsonDocument.Parse(await service.Http.GetByteArrayAsync("/v1/changes?limit=1000"));
        var pulled = page.RootElement.GetProperty("changes").EnumerateArray().Select(change => change.GetRawText()).ToList();
        letters.Select(letter => Encoding.UTF8.GetString(letter.Body)).ShouldBe(pulled);
        letters.Select(letter => Guid.Parse(letter.Properties.MessageId!)).Distinct().Count().ShouldBe(letters.Count);
    }

    [Fact]
    public async Task Sends_persistent_cloud_events_that_receivers_know_by_their_properties()
    {
        var mailbox = await Mailbox.OpenAsync(broker, exchange);
        await using var service = await ServiceHost.StartAsync(
            postgres, new StoppedClock(StoppedClock.Noon), Publishing.To(broker.Uri, exchange, "Source", "https://pay.example.com/reconciler"));
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Failed, StoppedClock.Noon, StoppedClock.Noon.AddMilliseconds(-1500)));

        var letters = await mailbox.ReadUntilAsync(2);

        Golden.ShouldMatch(new JsonArray([.. letters.Select(Shown)]), "broker-messages");
        letters.ShouldAllBe(letter => letter.Properties.MessageId == letter.Header("id") && letter.Properties.Persistent);
    }

    [Fact]
    public async Task Lets_a_queue_choose_by_kind_and_connection()
    {
        var ofZoPay = await Mailbox.OpenAsync(broker, exchange, "*.status_changed.zopay-test");
        var ofPawaPay = await Mailbox.OpenAsync(broker, exchange, "#.pawapay-test");
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("p", 1);
        await FeedRowOfPawaPayAsync(service);

        (await ofZoPay.ReadUntilAsync(1)).Select(letter => letter.RoutingKey).ShouldBe(["payout.status_changed.zopay-test"]);
        (await ofPawaPay.ReadUntilAsync(3)).Select(letter => letter.RoutingKey).ShouldBe(["payout.status_changed.pawapay-test"]);
    }

    [Fact]
    public async Task Goes_on_where_nobody_listens_unless_a_queue_is_demanded()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("p", 20);
        (await Publishing.CaughtUpAsync(service.Http)).ShouldBe(40);

        var demanding = fixture.NewExchange();
        await using var waiting = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, demanding, "Mandatory", "true"));
        await waiting.AppendAsync("p", 20);
        await Publishing.StateAsync(waiting.Http, "unroutable");
        var status = await Publishing.StatusAsync(waiting.Http);
        ((long)status["checkpoint"]!).ShouldBe(0);
        ((string)status["lastError"]!["message"]!).ShouldContain("No queue is bound");

        var mailbox = await Mailbox.OpenAsync(broker, demanding);
        (await Publishing.CaughtUpAsync(waiting.Http)).ShouldBe(40);
        Mailbox.ShouldBeWhole(await mailbox.ReadUntilAsync(40), upTo: 40);
    }

    [Fact]
    public async Task Again_from_a_position_sends_the_same_messages()
    {
        var mailbox = await Mailbox.OpenAsync(broker, exchange);
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("p", 20);
        var letters = await mailbox.ReadUntilAsync(await Publishing.CaughtUpAsync(service.Http));

        using var replayed = await service.Http.PostAsJsonAsync("/v1/feed/broker/replay", new { from = 31 });
        replayed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Publishing.CaughtUpAsync(service.Http);
        var again = await mailbox.ReadUntilAsync(40);

        again.Select(letter => letter.Position).ShouldBe(Enumerable.Range(31, 10).Select(position => (long)position));
        Mailbox.ShouldBeWhole([.. letters, .. again], upTo: 40).ShouldBe(10);
    }

    [Fact]
    public async Task Stops_at_another_history_until_somebody_says_where_to_go_on()
    {
        var mailbox = await Mailbox.OpenAsync(broker, exchange);
        await using var service = await ServiceHost.StartAsync(postgres, settings: Publishing.To(broker.Uri, exchange));
        await service.AppendAsync("before", 10);
        await mailbox.ReadUntilAsync(await Publishing.CaughtUpAsync(service.Http));

        await using (var restored = service.Database.CreateCommand("update reconciler.installation set epoch = gen_random_uuid()"))
            await restored.ExecuteNonQueryAsync();
        await service.AppendAsync("after", 10);
        await Publishing.StateAsync(service.Http, "stopped");
        var stopped = await Publishing.StatusAsync(service.Http);
        ((long)stopped["checkpoint"]!).ShouldBe(20);
        ((string)stopped["lastError"]!["message"]!).ShouldContain("POST /v1/feed/broker/replay");

        using var goOn = await service.Http.PostAsJsonAsync("/v1/feed/broker/replay", new { from = 25 });
        goOn.StatusCode.ShouldBe(HttpStatusCode.OK);
        var letters = await mailbox.ReadUntilAsync(40);

        letters.Select(letter => letter.Position).ShouldBe(Enumerable.Range(25, 16).Select(position => (long)position));
        var epoch = (string)(await service.Http.GetFromJsonAsync<JsonNode>("/v1/changes"))!["epoch"]!;
        letters.ShouldAllBe(letter => letter.Header("epoch") == epoch);
    }

    [Fact]
    public async Task Loses_nothing_at_a_clean_shutdown_and_hands_over_at_once()
    {
        var mailbox = await Mailbox.OpenAsync(broker, exchange);
        var database = await postgres.NewDatabaseAsync();
        var settings = Publishing.To(broker.Uri, exchange);
        settings["ConnectionStrings:reconciler"] = database;
        await using (var service = await ServiceHost.StartAsync(postgres, settings: settings))
        {
            await Publishing.StateAsync(service.Http, "publishing");
            await service.AppendAsync("p", 200);
        }

        (await Appending.Rows.OneAsync<bool>(database, "select node is null from reconciler.broker_feed")).ShouldBeTrue("The node gave it up.");
        await using var next = await ServiceHost.StartAsync(postgres, settings: settings);
        var head = await Publishing.CaughtUpAsync(next.Http);
        Mailbox.ShouldBeWhole(await mailbox.ReadUntilAsync(head), head).ShouldBe(0, "What was on its way was waited for.");
    }

    private static async Task FeedRowOfPawaPayAsync(ServiceHost service)
    {
        await using var copy = service.Database.CreateCommand("""
            with head as (update reconciler.feed_head set position = position + 1 returning position)
            insert into reconciler.changes (position, epoch, stream_id, status_version, kind, body, recorded_at)
            select head.position, epoch, 'pawapay-test/p-1', status_version, kind,
                body || jsonb_build_object('id', gen_random_uuid(), 'payout', 'pawapay-test/p-1'), recorded_at
            from reconciler.changes, head where changes.position = 1
            """);
        await copy.ExecuteNonQueryAsync();
    }

    private static JsonNode Shown(Letter letter) => new JsonObject
    {
        ["routingKey"] = letter.RoutingKey,
        ["properties"] = new JsonObject
        {
            ["messageId"] = letter.Properties.MessageId,
            ["type"] = letter.Properties.Type,
            ["contentType"] = letter.Properties.ContentType,
            ["deliveryMode"] = (int)letter.Properties.DeliveryMode,
            ["timestamp"] = letter.Properties.Timestamp.UnixTime,
            ["others"] = new JsonArray([.. Others(letter.Properties)]),
        },
        ["headers"] = new JsonObject(letter.Properties.Headers!.OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => KeyValuePair.Create(header.Key, (JsonNode?)Encoding.UTF8.GetString((byte[])header.Value!)))),
        ["body"] = JsonNode.Parse(letter.Body),
    };

    private static IEnumerable<JsonNode> Others(IReadOnlyBasicProperties properties)
    {
        if (properties.IsAppIdPresent()) yield return "app-id";
        if (properties.IsContentEncodingPresent()) yield return "content-encoding";
        if (properties.IsCorrelationIdPresent()) yield return "correlation-id";
        if (properties.IsExpirationPresent()) yield return "expiration";
        if (properties.IsPriorityPresent()) yield return "priority";
        if (properties.IsReplyToPresent()) yield return "reply-to";
        if (properties.IsUserIdPresent()) yield return "user-id";
    }
}
