namespace Reconciler.Streams.Tests;

public sealed class Remembering_how_far_a_reader_came(ThrowawayPostgres postgres)
{
    [Fact]
    public async Task It_begins_at_zero_and_holds_what_was_set_last()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();

        (await Progression.GetAsync(connection, "boxes")).ShouldBe(0);
        await Progression.SetAsync(connection, "boxes", 7);
        await Progression.SetAsync(connection, "others", 9);
        await Progression.SetAsync(connection, "boxes", 8);

        (await Progression.GetAsync(connection, "boxes")).ShouldBe(8);
        (await database.RowsAsync("select name, last_seq_id, last_updated is not null from reconciler.mt_event_progression order by 1"))
            .ShouldBe(["boxes|8|True", "others|9|True"]);
    }

    [Fact]
    public async Task It_is_undone_with_the_transaction_it_was_set_in()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Progression.SetAsync(connection, "boxes", 1);
        await using (await connection.BeginTransactionAsync())
        {
            await Progression.SetAsync(connection, "boxes", 2);
        }

        (await Progression.GetAsync(connection, "boxes")).ShouldBe(1);
    }
}
