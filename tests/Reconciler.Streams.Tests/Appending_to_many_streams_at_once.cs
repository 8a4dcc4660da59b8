using Npgsql;

namespace Reconciler.Streams.Tests;

public sealed class Appending_to_many_streams_at_once(ThrowawayPostgres postgres)
{
    [Fact]
    public async Task Sequence_ids_follow_the_order_given()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("m", 0, "m1"), Samples.Noon);
        await using var batch = new NpgsqlBatch(connection);

        var summary = Samples.Appender.AddTo(
            batch, [Samples.ToStream("z", 0, "z1", "z2"), Samples.ToStream("m", 1, "m2"), Samples.ToStream("a", 0, "a1")], Samples.Noon);
        await batch.ExecuteNonQueryAsync();

        summary.ShouldBe(new AppendSummary(Streams: 3, Events: 4, NulsStripped: 0));
        (await database.RowsAsync("select stream_id, version, data ->> 'label' from reconciler.mt_events order by seq_id"))
            .ShouldBe(["m|1|m1", "z|1|z1", "z|2|z2", "m|2|m2", "a|1|a1"]);
        (await database.RowsAsync("select id, version from reconciler.mt_streams order by id")).ShouldBe(["a|1", "m|2", "z|2"]);
    }

    [Fact]
    public async Task A_thousand_streams_take_three_commands()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using var first = new NpgsqlBatch(connection);
        var started = Enumerable.Range(0, 500).Select(i => Samples.ToStream($"s{i}", 0, "x"));
        Samples.Appender.AddTo(first, [.. started], Samples.Noon);
        await first.ExecuteNonQueryAsync();
        await using var batch = new NpgsqlBatch(connection);

        var all = Enumerable.Range(0, 1000).Select(i => Samples.ToStream($"s{i}", i < 500 ? 1 : 0, "y", "z"));
        Samples.Appender.AddTo(batch, [.. all], Samples.Noon);
        await batch.ExecuteNonQueryAsync();

        batch.BatchCommands.Count.ShouldBe(3);
        (await database.RowsAsync("select version, count(*) from reconciler.mt_streams group by 1 order by 1")).ShouldBe(["2|500", "3|500"]);
        (await database.ScalarAsync<long>("select count(*) from reconciler.mt_events")).ShouldBe(2500);
    }

    [Fact]
    public async Task A_conflict_of_one_undoes_the_whole_batch_and_the_callers_own_commands()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("b", 0, "b1", "b2"), Samples.Noon);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("create table reconciler.own_rows (id int)"));
        Samples.Appender.AddTo(batch, [Samples.ToStream("a", 0, "a1"), Samples.ToStream("b", 1, "late")], Samples.Noon);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));

        var error = await Should.ThrowAsync<PostgresException>(batch.ExecuteNonQueryAsync());

        VersionConflict.Is(error).ShouldBeTrue();
        (await database.ScalarAsync<long>("select count(*) from reconciler.mt_events")).ShouldBe(2);
        (await database.ScalarAsync<long>("select count(*) from pg_class where relname = 'own_rows'")).ShouldBe(0);
    }

    [Fact]
    public void What_cannot_be_stored_is_refused_before_anything_is_added()
    {
        using var batch = new NpgsqlBatch();

        Refused<ArgumentException>(Samples.ToStream("twice", 0, "x"), Samples.ToStream("twice", 1, "x"));
        Refused<ArgumentException>(Samples.ToStream("no events", 0));
        Refused<ArgumentException>(Samples.ToStream("", 0, "x"));
        Refused<ArgumentException>(Samples.ToStream("nul\0", 0, "x"));
        Refused<ArgumentException>(Samples.ToStream("half \ud83d", 0, "x"));
        Refused<ArgumentException>(new StreamAppend("a", 0, [Samples.Opened("x") with { CorrelationId = "\udc00" }]));
        Refused<ArgumentOutOfRangeException>(Samples.ToStream("negative", -1, "x"));
        Refused<UnknownEventType>(Samples.ToStream("fine", 0, "x"), new StreamAppend("a", 0, [new EventToAppend(Guid.Empty, "a string")]));
        batch.BatchCommands.Count.ShouldBe(0);

        void Refused<T>(params StreamAppend[] appends) where T : Exception =>
            Should.Throw<T>(() => Samples.Appender.AddTo(batch, appends, Samples.Noon));
    }

    [Fact]
    public void Nothing_to_append_adds_nothing()
    {
        using var batch = new NpgsqlBatch();

        Samples.Appender.AddTo(batch, [], Samples.Noon).ShouldBe(new AppendSummary(0, 0, 0));
        batch.BatchCommands.Count.ShouldBe(0);
    }
}
