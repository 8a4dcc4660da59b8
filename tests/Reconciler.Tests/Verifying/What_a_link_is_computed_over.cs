using System.Text;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Hosting;
using Reconciler.Streams;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Verifying;

/// <summary>
/// A link is computed over an event as it is written, and checked over what jsonb gives back: both must have the same canonical form, or
/// untouched events would be called changed.
/// </summary>
public sealed class What_a_link_is_computed_over(PostgresFixture postgres)
{
    [Fact]
    public async Task Is_the_same_before_and_after_the_database_for_every_stored_event()
    {
        await using var database = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        var seen = new HashSet<string>();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "StoredEvents")))
        {
            var name = Path.GetFileName(file).Split('.')[0];
            if (!PayoutStreams.Registry.Names.Contains(name)) continue;
            seen.Add(name);

            var written = PayoutStreams.Registry.Encode(PayoutStreams.Registry.Decode(name, await File.ReadAllBytesAsync(file)), out _);

            Encoding.UTF8.GetString(CanonicalJson.Of(written)).ShouldBe(Encoding.UTF8.GetString(written), file);
            Encoding.UTF8.GetString(CanonicalJson.Of(await ThroughAsync(database, written))).ShouldBe(Encoding.UTF8.GetString(written), file);
        }

        seen.ShouldBe(PayoutStreams.Registry.Names, ignoreOrder: true);
    }

    private static async Task<byte[]> ThroughAsync(NpgsqlDataSource database, byte[] json)
    {
        await using var command = database.CreateCommand("select $1");
        command.Parameters.Add(new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return row.GetFieldValue<byte[]>(0);
    }
}
