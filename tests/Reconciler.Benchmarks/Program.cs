using Reconciler.Benchmarks;

const string Help = """
    Usage: Reconciler.Benchmarks COMMAND [--name value ...]

      ingest     real HTTP on loopback, distinct signed webhooks: the service, then one transaction per webhook (baseline), then the
                 HMAC check alone (limit), each in a process of its own, against a private PostgreSQL with synchronous_commit=on
                 --connections 128   --warmup 15   --seconds 20   --payouts 300000   --rounds 1
      silence    so many payouts fall silent at once: polls per second, and ingest meanwhile; with --budget, what two nodes keep
                 --payouts 100000   --budget 0 (requests a minute; 0: no budget)
      baseline   serves the baseline (started by ingest)
      limit      serves the limit (started by ingest)
    """;

switch (args)
{
    case ["ingest", .. var options]:
        return await IngestBenchmark.RunAsync(Options.Of(options));
    case ["silence", .. var options]:
        return await SilenceBenchmark.RunAsync(Options.Of(options));
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
