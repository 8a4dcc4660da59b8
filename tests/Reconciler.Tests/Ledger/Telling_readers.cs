using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Ledger;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Ledger;

public sealed class Telling_readers(PostgresFixture postgres)
{
    [Fact]
    public async Task Each_transaction_tells_where_nobody_is_in_more_of_a_hurry()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await using var readers = Of(source);
        for (var number = 0; number < 10; number++)
        {
            var telling = readers.Begin(canWait: false);
            telling.IsNow.ShouldBeTrue();
            readers.Committed(telling);
        }
    }

    [Fact]
    public async Task At_full_load_the_first_tells_and_the_next_ones_are_told_of_together_a_moment_later()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await using var listener = await Listener.OpenAsync(source);
        await using var readers = Of(source);

        var tellings = Enumerable.Range(0, 100).Select(_ => readers.Begin(canWait: true)).ToList();
        tellings[0].IsNow.ShouldBeTrue();
        tellings.Count(telling => telling.IsNow).ShouldBeLessThan(50);
        tellings.ForEach(readers.Committed);

        // None of these transactions was run: who hears anything was told of the others.
        await listener.HearAsync();
    }

    [Fact]
    public async Task One_that_commits_behind_one_that_told_but_had_begun_before_it_is_told_of_too()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await using var listener = await Listener.OpenAsync(source);
        await using var readers = Of(source);
        for (var round = 0; round < 20; round++)
        {
            var untold = new Telling(IsNow: false, Untold: round);
            var telling = readers.Begin(canWait: false);
            // The one that tells commits first, is heard, and knows nothing of the other.
            if (round % 2 == 0) readers.Committed(telling);
            readers.Committed(untold);
            if (round % 2 == 1) readers.Committed(telling);

            await listener.HearAsync();
        }
    }

    [Fact]
    public async Task What_a_database_that_is_away_was_not_told_holds_nobody_up()
    {
        await using var source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none");
        var readers = Of(source);
        for (var round = 0; round < 3; round++)
        {
            readers.Begin(canWait: true);
            readers.Committed(new Telling(IsNow: false, Untold: 0));
        }

        await readers.DisposeAsync();
    }

    private static FeedTelling Of(NpgsqlDataSource source) => new(source, TimeProvider.System, NullLogger.Instance);

    private sealed class Listener(NpgsqlConnection connection) : IAsyncDisposable
    {
        internal static async Task<Listener> OpenAsync(NpgsqlDataSource source)
        {
            var connection = await source.OpenConnectionAsync();
            await using var listen = new NpgsqlCommand($"listen {FeedWaiter.Channel}", connection);
            await listen.ExecuteNonQueryAsync();
            return new Listener(connection);
        }

        internal async Task HearAsync() => (await connection.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
