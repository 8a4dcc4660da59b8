using Npgsql;

namespace Reconciler.Streams.Tests;

public sealed class Two_appenders_meeting_on_one_stream(ThrowawayPostgres postgres)
{
    private const int Appenders = 8;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Exactly_one_wins(long expectedVersion)
    {
        await using var database = await postgres.WithEventTablesAsync();
        await StartAsync(database, expectedVersion);

        var won = await Task.WhenAll(Enumerable.Range(0, Appenders).Select(_ => TryAppendAsync(database, expectedVersion)));

        won.Count(one => one).ShouldBe(1);
        (await database.ScalarAsync<long>("select version from reconciler.mt_streams")).ShouldBe(expectedVersion + 1);
        (await database.ScalarAsync<long>("select count(*) from reconciler.mt_events")).ShouldBe(expectedVersion + 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task The_one_that_waits_for_the_other_to_commit_loses(long expectedVersion)
    {
        await using var database = await postgres.WithEventTablesAsync();
        await StartAsync(database, expectedVersion);
        await using var first = await database.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        await Samples.Appender.AppendAsync(first, Samples.ToStream("a", expectedVersion, "first"), Samples.Noon);

        var second = TryAppendAsync(database, expectedVersion);
        await database.UntilSomebodyWaitsForALockAsync();
        await transaction.CommitAsync();

        (await second).ShouldBeFalse();
    }

    [Fact]
    public async Task The_one_that_waits_for_the_other_to_give_up_wins()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await StartAsync(database, 3);
        await using var first = await database.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        await Samples.Appender.AppendAsync(first, Samples.ToStream("a", 3, "first"), Samples.Noon);

        var second = TryAppendAsync(database, 3);
        await database.UntilSomebodyWaitsForALockAsync();
        await transaction.RollbackAsync();

        (await second).ShouldBeTrue();
    }

    // A version ahead of the stream would leave a hole in it, which the unique index alone would not see.
    [Theory]
    [InlineData("a", 1)]
    [InlineData("a", 2)]
    [InlineData("a", 4)]
    [InlineData("a", 0)]
    [InlineData("no such stream", 3)]
    public async Task Every_version_but_the_streams_own_is_a_conflict(string streamId, long expectedVersion)
    {
        await using var database = await postgres.WithEventTablesAsync();
        await StartAsync(database, 3);
        await using var connection = await database.OpenConnectionAsync();

        var conflict = await Should.ThrowAsync<StreamVersionConflict>(
            Samples.Appender.AppendAsync(connection, Samples.ToStream(streamId, expectedVersion, "x"), Samples.Noon));

        (conflict.StreamId, conflict.ExpectedVersion).ShouldBe((streamId, expectedVersion));
        (await database.ScalarAsync<long>("select count(*) from reconciler.mt_events")).ShouldBe(3);
        (await database.RowsAsync("select id, version from reconciler.mt_streams")).ShouldBe(["a|3"]);
    }

    [Fact]
    public async Task A_foreign_writers_event_in_our_place_is_a_conflict()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await StartAsync(database, 1);
        await database.ExecuteAsync("""
            insert into reconciler.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            values (nextval('reconciler.mt_events_sequence'), gen_random_uuid(), 'a', 2, '{}', 'box_opened', now())
            """);

        (await TryAppendAsync(database, 1)).ShouldBeFalse();
    }

    [Fact]
    public async Task Another_error_is_no_conflict()
    {
        await using var database = await postgres.WithEventTablesAsync();

        var error = await Should.ThrowAsync<PostgresException>(
            database.ExecuteAsync("insert into reconciler.mt_streams (id) values (null)"));

        VersionConflict.Is(error).ShouldBeFalse();
    }

    private static async Task StartAsync(NpgsqlDataSource database, long version)
    {
        if (version > 0)
        {
            await using var connection = await database.OpenConnectionAsync();
            var labels = Enumerable.Range(1, (int)version).Select(n => $"{n}");
            await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, [.. labels]), Samples.Noon);
        }
    }

    private static async Task<bool> TryAppendAsync(NpgsqlDataSource database, long expectedVersion)
    {
        await using var connection = await database.OpenConnectionAsync();
        try
        {
            await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", expectedVersion, "next"), Samples.Noon);
            return true;
        }
        catch (StreamVersionConflict)
        {
            return false;
        }
    }
}
