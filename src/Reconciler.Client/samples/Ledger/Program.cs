// A ledger: it reads the change feed into books of its own, each payout exactly once, whatever is killed at whatever moment.
using Npgsql;
using Reconciler.Client;

var given = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
if (!given.TryGetValue("--service", out var service) || !given.TryGetValue("--database", out var database))
{
    Console.WriteLine("usage: --service http://127.0.0.1:8080 --database 'Host=…;Database=…'   (RECONCILER_KEY: a key of the scope ledger:read)");
    return args.Contains("--help") ? 0 : 2;
}

using var http = new HttpClient { BaseAddress = new Uri(service) };
http.DefaultRequestHeaders.Authorization = new("Bearer", Environment.GetEnvironmentVariable("RECONCILER_KEY"));
var feed = new ChangeFeed(http, new FeedOptions { Trouble = trouble => Console.Error.WriteLine($"The feed: {trouble.Fault.Message}") });
await using var books = NpgsqlDataSource.Create(database);
while (true)
{
    try
    {
        await books.CreateCommand(Sql.Tables).ExecuteNonQueryAsync();
        var at = await Sql.CheckpointAsync(books);
        await foreach (var page in feed.ReadPagesAsync(at))
        {
            await using var connection = await books.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            // First the checkpoint, from where this page began: of two ledgers on one database the second finds it moved, and stops.
            if (await Sql.Run(connection, Sql.Move, at.Position, page.Next.Position, page.Next.Epoch) != 1) throw new InvalidOperationException("Another ledger books here, too.");
            foreach (var change in page.Changes.Where(change => change.Kind == ChangeKind.StatusChanged))
                await Sql.Run(connection, Sql.Book, change.Id, change.Payout, change.StatusVersion, change.To?.Word, change.Amount, change.Currency);
            await transaction.CommitAsync();
            at = page.Next;
        }
    }
    catch (NpgsqlException fault)
    {
        // Whether the last commit came through is unknown: the checkpoint in the database tells.
        Console.Error.WriteLine($"The books: {fault.Message}");
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
    }
}
