using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Tests.Database;

public sealed class Migrating(PostgresFixture postgres)
{
    private static readonly MigrationScript Schema = Migrations.Scripts.Single(script => script.Name == "0000-schema.sql");
    private static readonly MigrationScript Fruit = new("0001-fruit.sql", "create table reconciler.fruit (name text primary key);");
    private static readonly MigrationScript Pear = new("0002-pear.sql", "insert into reconciler.fruit values ('pear');");

    [Fact]
    public async Task Every_script_is_applied_once_in_order_whatever_order_they_are_given_in()
    {
        await using var database = await EmptyAsync();

        await ApplyAsync(database, Pear, Schema, Fruit);
        await ApplyAsync(database, Schema, Fruit, Pear);

        (await CountAsync(database, "reconciler.fruit")).ShouldBe(1);
        (await CountAsync(database, "reconciler.schema_migrations")).ShouldBe(3);
    }

    [Fact]
    public async Task Eight_nodes_that_start_together_apply_each_script_once()
    {
        await using var database = await EmptyAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ApplyAsync(database, Schema, Fruit, Pear))));

        (await CountAsync(database, "reconciler.fruit")).ShouldBe(1);
        (await CountAsync(database, "reconciler.schema_migrations")).ShouldBe(3);
    }

    [Fact]
    public async Task The_whole_schema_of_this_program_applies_to_an_empty_database()
    {
        await using var database = await EmptyAsync();

        await ApplyAsync(database, [.. Migrations.Scripts]);

        (await CountAsync(database, "reconciler.schema_migrations")).ShouldBe(Migrations.Scripts.Count);
    }

    [Fact]
    public async Task A_failing_script_leaves_nothing_of_itself_and_keeps_those_before_it()
    {
        await using var database = await EmptyAsync();
        var broken = new MigrationScript("0002-broken.sql", "insert into reconciler.fruit values ('plum'); select 1/0;");

        var fault = await Should.ThrowAsync<MigrationFault>(() => ApplyAsync(database, Schema, Fruit, broken));

        fault.Message.ShouldContain("0002-broken.sql");
        (await CountAsync(database, "reconciler.fruit")).ShouldBe(0);
        await ApplyAsync(database, Schema, Fruit, Pear);
    }

    [Fact]
    public async Task An_applied_script_that_was_edited_is_refused()
    {
        await using var database = await EmptyAsync();
        await ApplyAsync(database, Schema, Fruit);

        var fault = await Should.ThrowAsync<MigrationFault>(() => ApplyAsync(database, Schema, Fruit with { Sql = Fruit.Sql + " " }, Pear));

        fault.Message.ShouldContain(Fruit.Name);
        (await CountAsync(database, "reconciler.fruit")).ShouldBe(0);
    }

    [Fact]
    public async Task A_database_that_is_newer_than_the_program_is_refused()
    {
        await using var database = await EmptyAsync();
        await ApplyAsync(database, Schema, Fruit, Pear);

        var fault = await Should.ThrowAsync<MigrationFault>(() => ApplyAsync(database, Schema, Fruit));

        fault.Message.ShouldContain(Pear.Name);
    }

    [Fact]
    public async Task A_script_that_comes_after_its_successor_is_refused()
    {
        await using var database = await EmptyAsync();
        await ApplyAsync(database, Schema, Fruit with { Name = "0002-fruit.sql" });

        await Should.ThrowAsync<MigrationFault>(() =>
            ApplyAsync(database, Schema, new MigrationScript("0001-late.sql", "select 1;"), Fruit with { Name = "0002-fruit.sql" }));
    }

    [Fact]
    public async Task Two_scripts_with_one_number_are_refused()
    {
        await using var database = await EmptyAsync();

        await Should.ThrowAsync<MigrationFault>(() => ApplyAsync(database, Schema, Fruit, Pear with { Name = "0001-pear.sql" }));
    }

    [Fact]
    public void Line_ends_do_not_change_a_checksum()
    {
        new MigrationScript("0001-a.sql", "select 1;\r\nselect 2;").Sha256.ShouldBe(new MigrationScript("0001-a.sql", "select 1;\nselect 2;").Sha256);
    }

    private static Task ApplyAsync(NpgsqlDataSource database, params MigrationScript[] scripts) =>
        Migrations.ApplyAsync(database, scripts, NullLogger.Instance, CancellationToken.None);

    private static async Task<long> CountAsync(NpgsqlDataSource database, string table)
    {
        await using var count = database.CreateCommand($"select count(*) from {table}");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private async Task<NpgsqlDataSource> EmptyAsync() => NpgsqlDataSource.Create(await postgres.NewEmptyDatabaseAsync());
}
