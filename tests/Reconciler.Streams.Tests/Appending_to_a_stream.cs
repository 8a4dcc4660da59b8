using System.Collections.Immutable;
using System.Text;
using Npgsql;

namespace Reconciler.Streams.Tests;

public sealed class Appending_to_a_stream(ThrowawayPostgres postgres)
{
    [Fact]
    public async Task What_was_appended_is_read_back()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        var painted = new BoxPainted(
            Colour.DeepRed, Samples.Noon, new Amount(5000.00m, "XOF"), ImmutableDictionary<string, string>.Empty.Add("by", "Awa"));
        var opened = Samples.Opened("first");
        var append = new EventToAppend(
            Guid.CreateVersion7(), painted, "trace-1", "delivery-2", new Dictionary<string, string> { ["node"] = "n1" });

        var summary = await Samples.Appender.AppendAsync(connection, new StreamAppend("box/1", 0, [opened, append]), Samples.Noon);
        var events = await Samples.Reader.ReadStreamAsync(connection, "box/1");

        summary.ShouldBe(new AppendSummary(Streams: 1, Events: 2, NulsStripped: 0));
        events.Select(stored => (stored.Version, stored.TypeName)).ShouldBe([(1, "box_opened"), (2, "box_painted")]);
        events[0].Event.ShouldBe(opened.Event);
        var second = events[1];
        second.Event.ShouldBeEquivalentTo(painted);
        (second.Id, second.StreamId, second.RecordedAt).ShouldBe((append.Id, "box/1", Samples.Noon));
        (second.CorrelationId, second.CausationId).ShouldBe(("trace-1", "delivery-2"));
        Encoding.UTF8.GetString(second.HeadersJson!.Value.Span).ShouldBe("""{"node": "n1"}""");
        Encoding.UTF8.GetString(second.Json.Span).ShouldContain("\"value\": \"5000.00\"");
    }

    [Fact]
    public async Task The_rows_are_as_Marten_would_write_them()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("box/1", 0, "a", "b"), Samples.Noon);
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("box/1", 2, "c"), Samples.Noon.AddHours(1));

        (await database.RowsAsync("""
            select id, type, version, to_char(timestamp at time zone 'utc', 'HH24:MI'), to_char(created at time zone 'utc', 'HH24:MI'),
                tenant_id, is_archived
            from reconciler.mt_streams
            """)).ShouldBe(["box/1|box|3|13:00|12:00|*DEFAULT*|False"]);
        (await database.RowsAsync("""
            select seq_id, stream_id, version, data, bdata, type, mt_dotnet_type, tenant_id, correlation_id, headers, is_archived
            from reconciler.mt_events order by seq_id
            """)).ShouldBe([
            """1|box/1|1|{"label": "a"}|-|box_opened|Reconciler.Streams.Tests.BoxOpened, Reconciler.Streams.Tests|*DEFAULT*|-|-|False""",
            """2|box/1|2|{"label": "b"}|-|box_opened|Reconciler.Streams.Tests.BoxOpened, Reconciler.Streams.Tests|*DEFAULT*|-|-|False""",
            """3|box/1|3|{"label": "c"}|-|box_opened|Reconciler.Streams.Tests.BoxOpened, Reconciler.Streams.Tests|*DEFAULT*|-|-|False""",
        ]);
        (await database.ScalarAsync<long>("select last_value from reconciler.mt_events_sequence")).ShouldBe(3);
    }

    [Fact]
    public async Task A_stream_is_read_in_pages()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "1", "2", "3", "4", "5"), Samples.Noon);

        (await Samples.Reader.ReadStreamAsync(connection, "a", fromVersion: 2, limit: 2)).Select(stored => stored.Version).ShouldBe([2, 3]);
        (await Samples.Reader.ReadStreamAsync(connection, "a", fromVersion: 6)).ShouldBeEmpty();
        (await Samples.Reader.ReadStreamAsync(connection, "no such stream")).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_joins_the_transaction_of_its_connection()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync())
        {
            await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "x"), Samples.Noon);
        }

        (await database.ScalarAsync<long>("select count(*) from reconciler.mt_streams")).ShouldBe(0);
    }

    [Fact]
    public async Task Members_that_a_newer_writer_added_are_skipped()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "kept"), Samples.Noon);
        await database.ExecuteAsync("""update reconciler.mt_events set data = data || '{"weight": {"grams": 5}}'""");

        (await Samples.Reader.ReadStreamAsync(connection, "a")).Single().Event.ShouldBe(new BoxOpened("kept"));
    }

    [Fact]
    public async Task Unknown_and_binary_rows_are_named_and_not_guessed()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "x"), Samples.Noon);

        await database.ExecuteAsync("update reconciler.mt_events set type = 'box_burnt'");
        (await Should.ThrowAsync<UnknownEventType>(Samples.Reader.ReadStreamAsync(connection, "a"))).Message.ShouldContain("'box_burnt'");

        await database.ExecuteAsync("update reconciler.mt_events set type = 'box_opened', data = '{}', bdata = '\\x00'");
        (await Should.ThrowAsync<UnreadableEvent>(Samples.Reader.ReadStreamAsync(connection, "a"))).Name.ShouldBe("box_opened");
    }

    [Fact]
    public async Task Auto_prepared_commands_write_the_same()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var preparing = NpgsqlDataSource.Create(database.ConnectionString + ";Max Auto Prepare=20;Auto Prepare Min Usages=1");
        await using var connection = await preparing.OpenConnectionAsync();

        for (var version = 0; version < 12; version++)
        {
            await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", version, $"label {version}"), Samples.Noon);
        }

        (await Samples.Reader.ReadStreamAsync(connection, "a")).Select(stored => ((BoxOpened)stored.Event).Label)
            .ShouldBe(Enumerable.Range(0, 12).Select(version => $"label {version}"));
    }
}
