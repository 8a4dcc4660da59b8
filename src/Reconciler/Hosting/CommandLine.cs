namespace Reconciler.Hosting;

/// <summary>The few things that the program does instead of serving.</summary>
public static class CommandLine
{
    private const string MigrateOnly = "--migrate-only";

    private const string Help = """
        Reconciler: one authoritative status per payout.

        Usage: Reconciler [--migrate-only] [--help]

          --migrate-only   brings the database to this program's schema, and ends

        Configuration (environment):
          ASPNETCORE_URLS                  where it listens, like http://127.0.0.1:8080
          ConnectionStrings__reconciler    your PostgreSQL; without it a private one runs in the data directory
          Reconciler__DataDirectory        where this node keeps its files (default .data)
          Reconciler__AdminKey             a first key with all scopes, 20 characters or more
          Reconciler__MasterKey            32 bytes in base64 that seal secrets (default: made once, in the data directory)
          Reconciler__ConnectionsFile      a JSON file of connections, applied at start
          Reconciler__Append__Lanes        lanes per node (default 2)
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
