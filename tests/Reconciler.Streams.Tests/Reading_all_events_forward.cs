using Npgsql;

namespace Reconciler.Streams.Tests;

public sealed class Reading_all_events_forward(ThrowawayPostgres postgres)
{
    [Fact]
    public async Task Everything_comes_once_and_in_order()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        var reader = new ForwardReader(Samples.Registry);
        (await reader.ReadForwardAsync(connection)).ShouldBeEmpty();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "1", "2", "3"), Samples.Noon);
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("b", 0, "4", "5"), Samples.Noon);

        (await LabelsAsync(reader, connection, limit: 2)).ShouldBe(["1", "2"]);
        (await LabelsAsync(reader, connection, limit: 2)).ShouldBe(["3", "4"]);
        (await LabelsAsync(reader, connection, limit: 2)).ShouldBe(["5"]);
        (await LabelsAsync(reader, connection, limit: 2)).ShouldBeEmpty();
        (await LabelsAsync(new ForwardReader(Samples.Registry, reader.Position - 1), connection)).ShouldBe(["5"]);
    }

    // Transaction ids and sequence ids may be given out in either order, so both orders must be safe.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task An_event_still_being_committed_is_waited_for(bool laterOneHasTheOlderTransaction, bool commits)
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using var slow = await database.OpenConnectionAsync();
        await using var fast = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("before", 0, "1"), Samples.Noon);
        await using var fastTransaction = await fast.BeginTransactionAsync();
        if (laterOneHasTheOlderTransaction)
        {
            await using var draw = new NpgsqlCommand("select pg_current_xact_id()::text", fast);
            await draw.ExecuteScalarAsync();
        }

        await using var slowTransaction = await slow.BeginTransactionAsync();
        await Samples.Appender.AppendAsync(slow, Samples.ToStream("slow", 0, "2"), Samples.Noon);
        await Samples.Appender.AppendAsync(fast, Samples.ToStream("fast", 0, "3"), Samples.Noon);
        await fastTransaction.CommitAsync();
        var reader = new ForwardReader(Samples.Registry);

        (await LabelsAsync(reader, connection)).ShouldBe(["1"]);
        (await LabelsAsync(reader, connection)).ShouldBeEmpty();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("meanwhile", 0, "4"), Samples.Noon);
        (await LabelsAsync(reader, connection)).ShouldBeEmpty();
        await (commits ? slowTransaction.CommitAsync() : slowTransaction.RollbackAsync());

        await ShouldComeAsync(reader, connection, commits ? ["2", "3", "4"] : ["3", "4"]);
    }

    [Fact]
    public async Task A_hole_that_a_rollback_left_is_passed_over_though_others_are_busy()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using var busy = await database.OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync())
        {
            await Samples.Appender.AppendAsync(connection, Samples.ToStream("never", 0, "1"), Samples.Noon);
        }

        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "2"), Samples.Noon);
        await using var noted = await busy.BeginTransactionAsync();
        await Samples.Appender.AppendAsync(busy, Samples.ToStream("busy", 0, "3"), Samples.Noon);
        var reader = new ForwardReader(Samples.Registry);
        (await LabelsAsync(reader, connection)).ShouldBeEmpty();
        await noted.CommitAsync();

        await using var another = await busy.BeginTransactionAsync();
        await Samples.Appender.AppendAsync(busy, Samples.ToStream("busy", 1, "4"), Samples.Noon);

        await ShouldComeAsync(reader, connection, ["2", "3"]);
    }

    [Fact]
    public async Task A_hole_whose_far_side_was_deleted_does_not_stop_the_reader()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using var slow = await database.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await Samples.Appender.AppendAsync(slow, Samples.ToStream("slow", 0, "1"), Samples.Noon);
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "2"), Samples.Noon);
        var reader = new ForwardReader(Samples.Registry);
        (await LabelsAsync(reader, connection)).ShouldBeEmpty();

        await transaction.RollbackAsync();
        await database.ExecuteAsync("delete from reconciler.mt_streams");
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("b", 0, "3"), Samples.Noon);

        await ShouldComeAsync(reader, connection, ["3"]);
    }

    [Fact]
    public async Task Many_appenders_that_commit_and_roll_back_lose_the_reader_nothing()
    {
        const int Appenders = 6, Rounds = 40;
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        var writing = Task.WhenAll(Enumerable.Range(0, Appenders).Select(n => Task.Run(() => WriteAsync(database, $"s{n}", Rounds))));
        var reader = new ForwardReader(Samples.Registry);
        var seen = new List<long>();

        await Query.UntilAsync(async () =>
        {
            var done = writing.IsCompleted;
            var page = await reader.ReadForwardAsync(connection, limit: 7);
            seen.AddRange(page.Select(stored => stored.SequenceId));
            return done && page.Count == 0 && seen.Count == await database.ScalarAsync<long>("select count(*) from reconciler.mt_events");
        });

        await writing;
        seen.ShouldBe(seen.Order().Distinct());
    }

    private static async Task WriteAsync(NpgsqlDataSource database, string streamId, int rounds)
    {
        await using var connection = await database.OpenConnectionAsync();
        var version = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await Samples.Appender.AppendAsync(connection, Samples.ToStream(streamId, version, "x", "y"), Samples.Noon);
            if (round % 3 == 0)
            {
                await transaction.RollbackAsync();
                continue;
            }

            await transaction.CommitAsync();
            version += 2;
        }
    }

    // Transactions of the other tests, in the same server, hold a hole open too: so not at once, but soon.
    private static async Task ShouldComeAsync(ForwardReader reader, NpgsqlConnection connection, List<string> expected)
    {
        var labels = new List<string>();
        await Query.UntilAsync(async () =>
        {
            labels.AddRange(await LabelsAsync(reader, connection));
            return labels.Count >= expected.Count;
        });
        labels.ShouldBe(expected);
    }

    private static async Task<List<string>> LabelsAsync(
        ForwardReader reader, NpgsqlConnection connection, int limit = EventReader.PageMax) =>
        [.. (await reader.ReadForwardAsync(connection, limit)).Select(stored => ((BoxOpened)stored.Event).Label)];
}
