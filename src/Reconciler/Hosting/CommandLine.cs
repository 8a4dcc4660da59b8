namespace Reconciler.Hosting;

/// <summary>The few things that the program does instead of serving.</summary>
public static class CommandLine
{
    private const string MigrateOnly = "--migrate-only";

    private const string Help = """
        Reconciler: one authoritative status per payout.

        Usage: Reconciler [--migrate-only] [--help]
               Reconciler restored [POSITION]
               Reconciler keys|users|master-key --help
               Reconciler verify [--chain]

          --migrate-only   brings the database to this program's schema, and ends
          verify           checks that all that is derived equals the streams it is derived from; prints what differs; ends with 0 or 1.
                           --chain: names each row that was changed, removed, put in or swapped by anyone but the service
          restored         tells that the database's files were put back from a copy (a snapshot, a base backup without a recovery
                           target): gives the feed a new epoch, and ends. POSITION: the last change that was not lost; without it the
                           feed's end, which is right before the service has run on the copy. Dumps, recovery to a point in time and
                           promoted standbys are noticed without it

        Configuration (environment):
          ASPNETCORE_URLS                  where it listens, like http://127.0.0.1:8080
          ConnectionStrings__reconciler    your PostgreSQL; without it a private one runs in the data directory
          Reconciler__DataDirectory        where this node keeps its files (default .data)
          Reconciler__AdminKey             a first key with all scopes, 20 characters or more
          Reconciler__FirstUser__Name      with __Password: an administrator, made where there are no users at all
          Reconciler__KnownProxies         addresses or networks whose X-Forwarded-For and -Proto are believed (default: nobody's)
          Reconciler__Edges__Connections   open connections (default 16000), and HeaderTime, IdleTime, HeaderBytes, HeaderCount, RequestLineBytes,
                                           BodyBytes, BodyBytesPerSecond, SlowFor: see ops/runbooks/secrets.md
          Reconciler__Limits__RequestsPerMinute         of one key or user on each node (default 60000)
          Reconciler__Limits__FailedAttemptsPerMinute   wrong keys and passwords of one address on each node (default 30)
          Reconciler__MasterKey            32 bytes in base64 that seal secrets (default: made once, in the data directory)
          Reconciler__OutgoingRanges       private networks that live connections may reach, like 10.0.0.0/8 (default: none)
          Reconciler__ConnectionsFile      a JSON file of connections, applied at start
          Reconciler__Append__Lanes        lanes per node (default 2)
          Reconciler__Broker__Uri          amqp://user:password@host:5672/vhost, or amqps://: publishes the feed to RabbitMQ
                                           (more settings: ops/runbooks/broker.md)
          OTEL_EXPORTER_OTLP_ENDPOINT      where traces and metrics go; without it none are made
        """;

    private static readonly string[] Known =
        [MigrateOnly, "--help", "-h", "--urls", "--environment", "--contentRoot", "--applicationName"];

    /// <summary>The exit code where the arguments ask for something that needs no service; null where it should go on.</summary>
    public static int? Answer(string[] args)
    {
        if (args.Any(argument => argument is "--help" or "-h"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        // What looks like a setting (--Section:Name=value) is one; a lone unknown switch is a mistake.
        var unknown = args.FirstOrDefault(argument => argument.StartsWith('-') && argument.AsSpan().IndexOfAny('=', ':') < 0 && !Known.Contains(argument));
        if (unknown is null) return null;
        Console.Error.WriteLine($"Unknown option {unknown}.\n\n{Help}");
        return 2;
    }

    public static bool MigratesOnly(string[] args) => args.Contains(MigrateOnly);
}
