using Npgsql;
using Reconciler.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

public sealed class Dropping_a_connection_of_a_lane(PostgresFixture postgres)
{
    private const int PoolMax = 2;

    [Fact]
    public async Task Never_fails_and_gives_its_place_back_though_the_server_has_just_ended_it_in_a_failed_transaction()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create($"{database};Maximum Pool Size={PoolMax};Timeout=5");
        var lane = new LaneConnection(source);
        for (var round = 0; round < PoolMax * 3; round++)
        {
            await lane.EnsureOpenAsync(CancellationToken.None);
            var backend = lane.Open.ProcessID;
            await using (var failing = new NpgsqlBatch(lane.Open) { BatchCommands = { new("begin"), new("select 1 / 0") } })
                await Should.ThrowAsync<PostgresException>(() => failing.ExecuteNonQueryAsync());
            await Rows.RunAsync(database, $"select pg_terminate_backend({backend}, 30000)");

            await lane.DropAsync();
        }

        await lane.EnsureOpenAsync(CancellationToken.None);
        await using var asked = new NpgsqlCommand("select 1", lane.Open);
        (await asked.ExecuteScalarAsync()).ShouldBe(1);
        await lane.DropAsync();
    }
}
