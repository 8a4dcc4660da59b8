using Reconciler.Benchmarks;
using Reconciler.Benchmarks.Finance;

const string Help = """
    Usage: Reconciler.Benchmarks COMMAND [--name value ...]

      ingest     real HTTP on loopback, distinct signed webhooks: the service, then one transaction per webhook (baseline), then the
                 HMAC check alone (limit), each in a process of its own, against a private PostgreSQL with synchronous_commit=on
                 --connections 128   --warmup 15   --seconds 20   --payouts 300000   --rounds 1
      silence    so many payouts fall silent at once: polls per second, and ingest meanwhile; with --budget, what two nodes keep
                 --payouts 100000   --budget 0 (requests a minute; 0: no budget)
      feed-lag   from a webhook's 2xx to its change at a reader of the streamed feed, at a steady rate that waits for no answer
                 --rate 2000   --warmup 15   --seconds 30
      feed-idle  what the database is asked for while so many readers of the stream have nothing to read, and while there is none
                 --readers 1000   --seconds 30
      feed-slow  a reader that takes a byte a second: when it is dropped, and what the service holds for it
                 --changes 300000   --seconds 120 (at most)
      feed-catch-up  a long feed from its start, by pull and by stream
                 --changes 1000000
      finance    the finance team's queries on so many payouts of ninety days: readers at once while webhooks come, exports, verify
                 --payouts 2000000   --readers 20   --webhooks 500 (a second)   --seconds 15 (a query; 0: none)   --export 1
                 --verify 1   --keep FOLDER (is filled once, and measured again by each later run)
      finance-data   fills the empty database that FINANCE_DATABASE names (a connection string) with such payouts
                 --payouts 2000000
      edges      honest deliveries beside idle connections, slow headers and bodies, 100 MB bodies and forgers, one kind at a time
                 --idle 10000   --slow 1000   --large 16   --forgers 64   --warmup 10   --seconds 15 (each)
      baseline   serves the baseline (started by ingest)
      limit      serves the limit (started by ingest)
    """;

switch (args)
{
    case ["ingest", .. var options]:
        return await IngestBenchmark.RunAsync(Options.Of(options));
    case ["silence", .. var options]:
        return await SilenceBenchmark.RunAsync(Options.Of(options));
    case ["feed-lag", .. var options]:
        return await FeedLagBenchmark.RunAsync(Options.Of(options));
    case ["feed-idle", .. var options]:
        return await FeedReadersBenchmark.IdleAsync(Options.Of(options));
    case ["feed-slow", .. var options]:
        return await FeedReadersBenchmark.SlowAsync(Options.Of(options));
    case ["feed-catch-up", .. var options]:
        return await FeedCatchUpBenchmark.RunAsync(Options.Of(options));
    case ["finance", .. var options]:
        return await FinanceBenchmark.RunAsync(Options.Of(options));
    case ["finance-data", .. var options]:
        return await FinanceDataCommand.RunAsync(Options.Of(options));
    case ["edges", .. var options]:
        return await EdgesBenchmark.RunAsync(Options.Of(options));
    case ["baseline"]:
        await BaselineApp.RunAsync();
        return 0;
    case ["limit"]:
        await LimitApp.RunAsync();
        return 0;
    default:
        Console.WriteLine(Help);
        return args is [] or ["--help"] ? 0 : 2;
}
