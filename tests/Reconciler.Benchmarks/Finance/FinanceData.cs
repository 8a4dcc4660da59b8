using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Bookkeeping;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ledger;

namespace Reconciler.Benchmarks.Finance;

/// <summary>
/// Fills a migrated, empty database with ninety days of payouts, up to now: every row as the service itself would have left it, so that
/// pages, why and verify work on them. By COPY, some thousands at a time.
/// </summary>
internal sealed class FinanceData(NpgsqlDataSource database, TimeProvider clock)
{
    private const int ChunkPayouts = 10_000;
    private const int Days = 90;

    private readonly PriorityQueue<(ChangeBody Body, DateTimeOffset At), DateTimeOffset> toTell = new();
    private readonly Random random = new(7);
    private long sequence;
    private long position;
    private long events;
    private Guid epoch;

    internal async Task FillAsync(int payouts)
    {
        var started = clock.GetTimestamp();
        await using (var read = database.CreateCommand("select epoch from reconciler.installation")) epoch = (Guid)(await read.ExecuteScalarAsync())!;
        var step = TimeSpan.FromDays(Days) / payouts;
        var first = (clock.GetUtcNow() - TimeSpan.FromDays(Days)).ToMicrosecond();
        for (var number = 0; number < payouts;)
        {
            var chunk = new List<MadePayout>(ChunkPayouts);
            for (; number < payouts && chunk.Count < ChunkPayouts; number++)
            {
                // One in two thousand never ended; of the last, most wait.
                var waits = random.Next(2_000) == 0 || payouts - number < payouts / 500;
                chunk.Add(MadePayout.Of(number, (first + step * number).ToMicrosecond(), random, waits));
            }

            await StoreAsync(chunk, isLast: number == payouts);
            if (number % 200_000 == 0) Console.WriteLine(Text($"  {number} payouts, {events} events, {position} changes in {clock.GetElapsedTime(started).TotalSeconds:F0} s"));
        }

        await using (var finish = database.CreateCommand("select setval('reconciler.mt_events_sequence', $1)"))
        {
            finish.Parameters.Add(new NpgsqlParameter { Value = sequence });
            await finish.ExecuteNonQueryAsync();
        }

        await using (var head = database.CreateCommand("update reconciler.feed_head set position = $1"))
        {
            head.Parameters.Add(new NpgsqlParameter { Value = position });
            await head.ExecuteNonQueryAsync();
        }

        Console.WriteLine(Text($"  {payouts} payouts, {events} events, {position} changes in {clock.GetElapsedTime(started).TotalSeconds:F0} s"));
        await KeepBookAsync();
    }

    private async Task KeepBookAsync()
    {
        await RunAsync("analyze");
        var started = clock.GetTimestamp();
        var book = new Book(database, clock);
        while (await book.KeepAsync(seal: null, CancellationToken.None) is not { IsWhole: true })
        {
            // As fast as it can: nobody else is here.
        }

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(Text($"  the book caught up with {book.Position} changes in {seconds:F0} s ({book.Position / seconds:F0}/s)"));
        await RunAsync("vacuum analyze");
    }

    private async Task StoreAsync(List<MadePayout> chunk, bool isLast)
    {
        foreach (var change in chunk.SelectMany(made => made.Changes)) toTell.Enqueue(change, change.At);
        var told = new List<ChangeBody>();
        while (toTell.TryPeek(out var next, out var at) && (isLast || at <= chunk[^1].State.FirstSeenAt))
        {
            toTell.Dequeue();
            told.Add(next.Body);
        }

        await CopyAsync("mt_streams (id, type, version)", chunk, async (rows, made) =>
        {
            await rows.WriteAsync(made.Id.StreamId, NpgsqlDbType.Varchar);
            await rows.WriteAsync("payout", NpgsqlDbType.Varchar);
            await rows.WriteAsync((long)made.Events.Count, NpgsqlDbType.Bigint);
        });
        await Task.WhenAll(
            CopyEventsAsync(chunk),
            CopyAsync(PayoutCopy.Columns, chunk, PayoutCopy.WriteAsync),
            CopyChangesAsync(told),
            CopyAsync(EvidenceCopy.Columns, [.. chunk.SelectMany(made => made.Kept.Select(kept => (made, kept)))], EvidenceCopy.WriteAsync),
            CopyAsync("discrepancies (id, stream_id, connection, kind, evidence, detail, opened_at, due_at)",
                [.. chunk.SelectMany(made => made.Events).Select(one => one.Event).OfType<DiscrepancyOpened>()], EvidenceCopy.WriteCaseAsync));
    }

    private Task CopyEventsAsync(List<MadePayout> chunk) => CopyAsync(
        "mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)",
        [.. chunk.SelectMany(made => made.Events.Select((one, at) => (made.Id.StreamId, Version: at + 1L, one)))],
        async (rows, row) =>
        {
            var type = PayoutStreams.Registry.Of(row.one.Event.GetType());
            events++;
            await rows.WriteAsync(++sequence, NpgsqlDbType.Bigint);
            await rows.WriteAsync(row.one.Id, NpgsqlDbType.Uuid);
            await rows.WriteAsync(row.StreamId, NpgsqlDbType.Varchar);
            await rows.WriteAsync(row.Version, NpgsqlDbType.Bigint);
            await rows.WriteAsync(PayoutStreams.Registry.Encode(row.one.Event, out _), NpgsqlDbType.Jsonb);
            await rows.WriteAsync(type.Name, NpgsqlDbType.Varchar);
            await rows.WriteAsync(row.one.At, NpgsqlDbType.TimestampTz);
            await rows.WriteAsync(type.DotNetName, NpgsqlDbType.Varchar);
        });

    private Task CopyChangesAsync(List<ChangeBody> told) => CopyAsync(
        "changes (position, epoch, stream_id, status_version, kind, body, recorded_at)", told, async (rows, change) =>
        {
            await rows.WriteAsync(++position, NpgsqlDbType.Bigint);
            await rows.WriteAsync(epoch, NpgsqlDbType.Uuid);
            await rows.WriteAsync(change.Payout.StreamId, NpgsqlDbType.Varchar);
            await rows.WriteAsync(change.StatusVersion, NpgsqlDbType.Bigint);
            await rows.WriteAsync(change.Kind, NpgsqlDbType.Varchar);
            await rows.WriteAsync(change.ToJson(), NpgsqlDbType.Jsonb);
            await rows.WriteAsync(change.RecordedAt, NpgsqlDbType.TimestampTz);
        });

    private async Task CopyAsync<T>(string into, List<T> rows, Func<NpgsqlBinaryImporter, T, Task> write)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var copy = await connection.BeginBinaryImportAsync($"copy reconciler.{into} from stdin (format binary)");
        copy.Timeout = TimeSpan.FromMinutes(10);
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            await write(copy, row);
        }

        await copy.CompleteAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
