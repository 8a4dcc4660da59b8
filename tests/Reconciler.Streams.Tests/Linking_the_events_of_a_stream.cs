using System.Text.Json;

namespace Reconciler.Streams.Tests;

public sealed class Linking_the_events_of_a_stream(ThrowawayPostgres postgres)
{
    private static readonly EventChain Chain = new(() => new byte[EventChain.DigestBytes]);
    private static readonly EventAppender Appender = new(Samples.Registry, "box", Chain);

    [Fact]
    public async Task Each_carries_its_link_to_those_before_it_and_the_caller_gets_the_new_end()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();

        var first = await Appender.AppendAsync(connection, Samples.ToStream("box/1", 0, "a", "é"), Samples.Noon);
        var second = await Appender.AppendAsync(connection, Samples.ToStream("box/1", 2, "c") with { End = first.Ends!.Single() }, Samples.Noon.AddHours(1));

        var end = EventChain.Beginning.ToArray();
        foreach (var stored in await Samples.Reader.ReadStreamAsync(connection, "box/1"))
        {
            var link = Chain.Link(end, Content(stored));
            Link(stored).ShouldBe(Convert.ToBase64String(link));
            end = Chain.End(link);
        }

        second.Ends!.Single().ShouldBe(end);
    }

    [Fact]
    public async Task Ends_come_in_the_order_of_the_streams_given_and_not_of_their_ids()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new Npgsql.NpgsqlBatch(connection);

        var summary = Appender.AddTo(batch, [Samples.ToStream("z", 0, "1"), Samples.ToStream("a", 0, "2")], Samples.Noon);
        await batch.ExecuteNonQueryAsync();

        string[] ids = ["z", "a"];
        for (var at = 0; at < ids.Length; at++)
        {
            var stored = (await Samples.Reader.ReadStreamAsync(connection, ids[at])).Single();
            summary.Ends![at].ShouldBe(Chain.End(Convert.FromBase64String(Link(stored))));
        }
    }

    [Fact]
    public async Task Headers_of_the_caller_stay_beside_the_link()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        var opened = Samples.Opened("a") with { CausationId = "delivery-2", Headers = new Dictionary<string, string> { ["node"] = "n\u00001" } };

        var summary = await Appender.AppendAsync(connection, new StreamAppend("box/1", 0, [opened]), Samples.Noon);

        summary.NulsStripped.ShouldBe(1);
        var stored = (await Samples.Reader.ReadStreamAsync(connection, "box/1")).Single();
        JsonDocument.Parse(stored.HeadersJson!.Value).RootElement.GetProperty("node").GetString().ShouldBe("n1");
        Link(stored).ShouldBe(Convert.ToBase64String(Chain.Link(EventChain.Beginning, Content(stored))));
    }

    [Fact]
    public void A_link_covers_every_part_and_parts_cannot_flow_into_each_other()
    {
        var happened = new LinkedEvent("box/1", 2, Guid.Parse("0193469b-8a00-7000-8000-000000000001"), "box_opened", "Box, Boxes", Samples.Noon, "t", "c", "{}"u8.ToArray());
        LinkedEvent[] others =
        [
            happened with { StreamId = "box/2" }, happened with { Version = 3 }, happened with { Id = Guid.Empty }, happened with { Type = "box_closed" },
            happened with { DotNetType = null }, happened with { DotNetType = "" }, happened with { RecordedAt = Samples.Noon.AddMicroseconds(1) },
            happened with { CorrelationId = null }, happened with { CausationId = null }, happened with { CorrelationId = "tc", CausationId = "" },
            happened with { CorrelationId = "", CausationId = "tc" }, happened with { CorrelationId = "c", CausationId = "t" }, happened with { Data = "{ }"u8.ToArray() },
        ];

        var links = others.Prepend(happened).Select(one => Convert.ToHexString(Chain.Link(EventChain.Beginning, one)))
            .Append(Convert.ToHexString(Chain.Link(Chain.End(EventChain.Beginning), happened)))
            .Append(Convert.ToHexString(new EventChain(() => [1]).Link(EventChain.Beginning, happened))).ToList();

        links.Distinct().Count().ShouldBe(links.Count);
        Chain.Link(EventChain.Beginning, happened with { RecordedAt = Samples.Noon.AddTicks(9) }).ShouldBe(Chain.Link(EventChain.Beginning, happened));
    }

    private static LinkedEvent Content(StoredEvent stored) => new(
        stored.StreamId, stored.Version, stored.Id, stored.TypeName, Samples.Registry.Of(stored.TypeName).DotNetName, stored.RecordedAt, stored.CorrelationId,
        stored.CausationId, CanonicalJson.Of(stored.Json));

    private static string Link(StoredEvent stored) =>
        JsonDocument.Parse(stored.HeadersJson!.Value).RootElement.GetProperty(EventChain.Header).GetString()!;
}
