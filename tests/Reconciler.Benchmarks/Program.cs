using Reconciler.Benchmarks;

const string Help = """
    Usage: Reconciler.Benchmarks COMMAND [--name value ...]

      ingest     real HTTP on loopback, distinct signed webhooks: the service, then one transaction per webhook (baseline), then the
                 HMAC check alone (limit), each in a process of its own, against a private PostgreSQL with synchronous_commit=on
                 --connections 128   --warmup 15   --seconds 20   --payouts 300000   --rounds 1
      baseline   serves the baseline (started by ingest)
      limit      serves the limit (started by ingest)
    """;

switch (args)
{
    case ["ingest", .. var options]:
        return await IngestBenchmark.RunAsync(Options.Of(options));
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
