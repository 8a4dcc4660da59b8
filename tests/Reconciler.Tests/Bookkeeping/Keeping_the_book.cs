using Npgsql;
using Reconciler.Bookkeeping;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Bookkeeping;

public sealed class Keeping_the_book(PostgresFixture postgres)
{
    [Fact]
    public async Task Two_keepers_at_once_book_each_change_once()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 1);
        await using var other = NpgsqlDataSource.Create(story.ConnectionString);
        var theirs = new Book(other, TimeProvider.System);
        using var ending = new CancellationTokenSource();
        var keepers = new[] { story.Book, theirs, theirs }.Select(async book =>
        {
            while (!ending.IsCancellationRequested) await book.KeepAsync(seal: null, CancellationToken.None);
        }).ToArray();

        for (var round = 0; round < 10; round++) await story.HappenAsync(20);
        await story.Book.CatchUpAsync(CancellationToken.None);
        await ending.CancelAsync();
        await Task.WhenAll(keepers);

        (await story.VerifyAsync()).ShouldBeEmpty();
        story.Book.Position.ShouldBe(await Rows.CountAsync(story.ConnectionString, "changes"));
    }

    [Fact]
    public async Task A_keeper_that_is_cut_off_leaves_all_or_nothing_and_the_next_one_goes_on()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 2);
        for (var round = 0; round < 10; round++)
        {
            await story.HappenAsync(20);
            await using var victim = NpgsqlDataSource.Create(story.ConnectionString + ";Pooling=false;Application Name=victim");
            var keeping = new Book(victim, TimeProvider.System).KeepAsync(seal: null, CancellationToken.None);
            await Rows.RunAsync(story.ConnectionString, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'");
            try
            {
                await keeping;
            }
            catch (NpgsqlException)
            {
                // Cut in the middle, as was meant; or it was faster.
            }
        }

        await story.Book.CatchUpAsync(CancellationToken.None);
        (await story.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_time_that_was_told_stays_what_it_was_though_clocks_go_back()
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed: 3);
        await story.HappenAsync(20);
        var before = await story.Book.MomentAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None);

        await story.HappenAsync(20);
        // As a node would have recorded it whose clock is an hour behind, and one whose clock is an hour ahead.
        await Rows.RunAsync(story.ConnectionString, """
            update reconciler.changes set recorded_at = recorded_at + case when position % 2 = 0 then interval '1 hour' else interval '-1 hour' end
            where position > (select position from reconciler.book_progress)
            """);
        await story.Book.CatchUpAsync(CancellationToken.None);

        (await story.Book.MomentAsync(before.At, CancellationToken.None)).ShouldBe(before);
        (await story.Book.MomentAsync(TimeProvider.System.GetUtcNow(), CancellationToken.None)).Position
            .ShouldBe(await Rows.CountAsync(story.ConnectionString, "changes"));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => story.Book.MomentAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), CancellationToken.None));
    }

    [Theory]
    [InlineData("12:00:05", "12:00:00", "11:00:00", "13:00:00", "12:00:05")]
    [InlineData("11:59:00", "12:00:00", "11:00:00", "13:00:00", "12:00:00")]
    [InlineData("14:00:00", "12:00:00", "11:00:00", "13:00:00", "13:00:00")]
    [InlineData("12:30:00", "12:00:00", "12:45:00", "13:00:00", "12:45:00.000001")]
    public void A_move_is_known_no_earlier_than_what_was_known_or_told_before_it(string recorded, string before, string sealedAt, string now, string known) =>
        Move.KnownFrom(At(recorded), At(before), At(sealedAt), At(now)).ShouldBe(At(known));

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-21T{time}Z", System.Globalization.CultureInfo.InvariantCulture);
}
