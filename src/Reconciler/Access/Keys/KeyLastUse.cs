using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Access.Keys;

/// <summary>
/// When each key was used last, written now and then: a key that is used a thousand times a second costs one row a minute. A crash
/// loses at most that minute.
/// </summary>
internal sealed partial class KeyLastUse(NpgsqlDataSource database, TimeProvider clock, ILogger<KeyLastUse> log) : BackgroundService
{
    internal static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(30);

    private const string Write = """
        update reconciler.api_keys key set last_used_at = used.at from unnest($1, $2) as used (id, at)
        where key.id = used.id and (key.last_used_at is null or key.last_used_at < used.at)
        """;

    // One entry a key, and there are only so many.
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> used = new();

    public void Note(Guid key, DateTimeOffset at) => used[key] = at;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes what was noted since.</summary>
    internal async Task WriteAsync(CancellationToken cancellation)
    {
        var noted = used.ToArray();
        if (noted.Length == 0) return;
        try
        {
            await using var command = database.CreateCommand(Write);
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(noted, one => one.Key) });
            command.Parameters.Add(new NpgsqlParameter { Value = Array.ConvertAll(noted, one => one.Value), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
            await command.ExecuteNonQueryAsync(cancellation);
            // A use that was noted meanwhile stays for the next time.
            foreach (var one in noted) used.TryRemove(one);
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
        {
            NotWritten(log, noted.Length, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last use of {Count} keys could not be written, it is tried again: {Trouble}")]
    private static partial void NotWritten(ILogger log, int count, string trouble);
}
