using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Benchmarks;

/// <summary>
/// The plain way: one transaction per webhook, an event inserted and a status upserted in one round trip, prepared, over a pool that is
/// as large as the load.
/// </summary>
internal static class BaselineApp
{
    private const string Schema = """
        create table if not exists baseline_events (
            id bigint generated always as identity primary key, payout text not null, status text not null, body jsonb not null,
            received_at timestamptz not null);
        create table if not exists baseline_payouts (payout text primary key, status text not null, updated_at timestamptz not null);
        """;

    internal static async Task RunAsync()
    {
        await using var database = new NpgsqlDataSourceBuilder(Environment.GetEnvironmentVariable("BASELINE_DATABASE")!).Build();
        await using (var schema = database.CreateCommand(Schema)) await schema.ExecuteNonQueryAsync();
        var app = Build();
        app.MapPost("/webhooks/{connection}", async (HttpContext context) =>
        {
            if (await SignedBody.ReadAsync(context.Request) is not { } body)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            using var json = JsonDocument.Parse(body);
            var data = json.RootElement.GetProperty("data");
            await StoreAsync(database, data.GetProperty("id").GetString()!, data.GetProperty("status").GetString()!, body);
        });
        await app.RunAsync();
    }

    internal static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private static async Task StoreAsync(NpgsqlDataSource database, string payout, string status, byte[] body)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into baseline_events (payout, status, body, received_at) values ($1, $2, $3, $4)")
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = payout }, new NpgsqlParameter<string> { TypedValue = status },
                new NpgsqlParameter<byte[]> { TypedValue = body, NpgsqlDbType = NpgsqlDbType.Jsonb }, new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into baseline_payouts (payout, status, updated_at) values ($1, $2, $3)
            on conflict (payout) do update set status = excluded.status, updated_at = excluded.updated_at
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = payout }, new NpgsqlParameter<string> { TypedValue = status },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
            },
        });
        await batch.ExecuteNonQueryAsync();
    }
}
