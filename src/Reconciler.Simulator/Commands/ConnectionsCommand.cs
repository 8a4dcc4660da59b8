using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.PawaPay;

namespace Reconciler.Simulator.Commands;

/// <summary>Writes the connections file without serving: the service needs it before the simulator is up.</summary>
public static class ConnectionsCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var given = new Arguments(args, ["--service", "--self", "--out", "--seed"], flags: []);
            var options = new SimulatorOptions
            {
                Seed = given.Number("--seed", "Simulator__Seed", 1, long.MinValue, long.MaxValue),
                Service = given.Url("--service", "Simulator__Service", "http://127.0.0.1:8080"),
            };
            var keys = new PawaPayKeys(options);
            var self = given.Url("--self", null, "http://127.0.0.1:8090");
            var file = ConnectionsFile.Write(new ConnectionBook(options, keys), keys, self, options.Service).ToJsonString(Indented);
            if (given.Text("--out") is { } path)
            {
                await File.WriteAllTextAsync(path, file + "\n");
            }
            else
            {
                await Console.Out.WriteLineAsync(file);
            }

            return 0;
        }
        catch (UsageException misuse)
        {
            return await Usage.FailAsync(misuse.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Cannot write the file: {fault.Message}");
            return 1;
        }
    }
}
