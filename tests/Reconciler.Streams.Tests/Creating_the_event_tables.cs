namespace Reconciler.Streams.Tests;

// What stands here is Marten's own catalogue: a Marten application must find what it would have created.
public sealed class Creating_the_event_tables(ThrowawayPostgres postgres)
{
    [Theory]
    [InlineData("mt_streams", """
        id|character varying|NO|-
        type|character varying|YES|-
        version|bigint|YES|-
        timestamp|timestamp with time zone|NO|now()
        created|timestamp with time zone|NO|now()
        tenant_id|character varying|YES|'*DEFAULT*'::character varying
        is_archived|boolean|YES|false
        """)]
    [InlineData("mt_events", """
        seq_id|bigint|NO|-
        id|uuid|NO|-
        stream_id|character varying|YES|-
        version|bigint|NO|-
        data|jsonb|NO|-
        bdata|bytea|YES|-
        type|character varying(500)|NO|-
        timestamp|timestamp with time zone|NO|-
        tenant_id|character varying|YES|'*DEFAULT*'::character varying
        correlation_id|character varying|YES|-
        causation_id|character varying|YES|-
        headers|jsonb|YES|-
        mt_dotnet_type|character varying|YES|-
        is_archived|boolean|YES|false
        """)]
    [InlineData("mt_event_progression", """
        name|character varying|NO|-
        last_seq_id|bigint|YES|-
        last_updated|timestamp with time zone|YES|transaction_timestamp()
        """)]
    public async Task Columns_types_and_defaults_are_Martens(string table, string columns)
    {
        await using var database = await postgres.WithEventTablesAsync();

        var found = await database.RowsAsync($"""
            select a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'NO' else 'YES' end,
                pg_get_expr(d.adbin, d.adrelid)
            from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = 'reconciler.{table}'::regclass and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """);

        found.ShouldBe(columns.Split('\n'));
    }

    [Fact]
    public async Task Keys_and_indexes_bear_Martens_names()
    {
        await using var database = await postgres.WithEventTablesAsync();

        var constraints = await database.RowsAsync("""
            select conname, pg_get_constraintdef(oid) from pg_constraint
            where connamespace = 'reconciler'::regnamespace order by conname
            """);
        var indexes = await database.RowsAsync("select indexdef from pg_indexes where schemaname = 'reconciler' order by indexname");

        constraints.ShouldBe([
            "fkey_mt_events_stream_id|FOREIGN KEY (stream_id) REFERENCES reconciler.mt_streams(id) ON DELETE CASCADE",
            "pk_mt_event_progression|PRIMARY KEY (name)",
            "pkey_mt_events_seq_id|PRIMARY KEY (seq_id)",
            "pkey_mt_streams_id|PRIMARY KEY (id)",
        ]);
        indexes.ShouldBe([
            "CREATE UNIQUE INDEX pk_mt_event_progression ON reconciler.mt_event_progression USING btree (name)",
            "CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON reconciler.mt_events USING btree (stream_id, version)",
            "CREATE UNIQUE INDEX pkey_mt_events_seq_id ON reconciler.mt_events USING btree (seq_id)",
            "CREATE UNIQUE INDEX pkey_mt_streams_id ON reconciler.mt_streams USING btree (id)",
        ]);
    }

    [Fact]
    public async Task The_sequence_belongs_to_the_events_sequence_id()
    {
        await using var database = await postgres.WithEventTablesAsync();

        (await database.ScalarAsync<string>("select pg_get_serial_sequence('reconciler.mt_events', 'seq_id')"))
            .ShouldBe("reconciler.mt_events_sequence");
    }

    [Fact]
    public async Task Doing_it_twice_changes_nothing()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        await Samples.Appender.AppendAsync(connection, Samples.ToStream("a", 0, "kept"), Samples.Noon);

        foreach (var script in SchemaScripts.All)
        {
            await database.ExecuteAsync(script.Sql);
        }

        (await database.ScalarAsync<long>("select count(*) from reconciler.mt_events")).ShouldBe(1);
    }
}
