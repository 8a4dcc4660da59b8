using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Faults;

/// <summary>The built service as a process of its own, on a free port: what can be killed, and what nothing of a test runs in.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    public const string AdminKey = "rk_test_0123456789abcdef0123456789abcdef";
    private const int LogLinesUsual = 200;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly int logLinesMax;
    private readonly ConcurrentQueue<string> log = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process, int logLinesMax) => (this.process, this.logLinesMax) = (process, logLinesMax);

    public HttpClient Http { get; private set; } = null!;

    public int Id => process.Id;

    public string Log => string.Join('\n', log);

    /// <param name="folder">Its data directory: its keys, and its database where <paramref name="connectionString"/> is null.</param>
    /// <param name="settings">Environment variables beside those that a test service has.</param>
    public static async Task<ServiceProcess> StartAsync(
        TemporaryFolder folder, string? connectionString, string connections, IReadOnlyDictionary<string, string>? settings = null, int logLinesMax = LogLinesUsual)
    {
        var file = Path.Combine(folder.Path, "connections.json");
        await File.WriteAllTextAsync(file, connections);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Reconciler.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["Reconciler__DataDirectory"] = Path.Combine(folder.Path, "data"),
                ["Reconciler__ConnectionsFile"] = file,
                ["Reconciler__AdminKey"] = AdminKey,
                ["DOTNET_TieredPGO"] = "0",
            },
        };
        if (connectionString is not null) start.Environment["ConnectionStrings__reconciler"] = connectionString;
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var service = new ServiceProcess(Process.Start(start)!, logLinesMax);
        await service.ListensAsync();
        return service;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => Http.SendAsync(request);

    /// <summary>SIGKILL: nothing of it can react.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await signal.WaitForExitAsync();
            try
            {
                await process.WaitForExitAsync().WaitAsync(StopMax, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                await KillAsync();
                throw new TimeoutException($"The service did not end on SIGTERM:\n{Log}");
            }
        }

        Http.Dispose();
        process.Dispose();
    }

    private async Task ListensAsync()
    {
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(listening.Task, ended).WaitAsync(StartMax, TimeProvider.System) == ended)
            throw new InvalidOperationException($"The service ended with {process.ExitCode} instead of listening:\n{Log}");
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = await listening.Task, Timeout = TimeSpan.FromSeconds(60) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    private void Read(string? line)
    {
        if (line is null) return;
        log.Enqueue(line);
        while (log.Count > logLinesMax) log.TryDequeue(out _);
        if (Listening().Match(line) is { Success: true } found) listening.TrySetResult(new Uri(found.Groups[1].Value));
    }

    [GeneratedRegex(@"Now listening on: (http://[0-9.]+:[0-9]+)")]
    private static partial Regex Listening();
}
