using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Database;

namespace Reconciler.Benchmarks.Finance;

/// <summary>Fills a database of yours, to look at pages and queries over many payouts.</summary>
internal static class FinanceDataCommand
{
    private const string Database = "FINANCE_DATABASE";

    internal static async Task<int> RunAsync(Options options)
    {
        if (Environment.GetEnvironmentVariable(Database) is not { Length: > 0 } connectionString)
        {
            Console.Error.WriteLine($"{Database} names no database.");
            return 2;
        }

        await using var database = NpgsqlDataSource.Create(connectionString + ";Command Timeout=600");
        await Migrations.ApplyAsync(database, NullLogger.Instance, CancellationToken.None);
        await new FinanceData(database, TimeProvider.System).FillAsync(options.Number("payouts", 2_000_000));
        return 0;
    }
}
