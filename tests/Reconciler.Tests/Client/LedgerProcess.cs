using System.Collections.Concurrent;
using System.Diagnostics;
using Reconciler.Tests.Faults;

namespace Reconciler.Tests.Client;

/// <summary>The sample ledger as a process of its own: what can be killed at any moment.</summary>
internal sealed class LedgerProcess : IAsyncDisposable
{
    private const int LogLinesKept = 50;

    private readonly Process process;
    private readonly ConcurrentQueue<string> log = new();
    private bool isDisposed;

    private LedgerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Log => string.Join('\n', log);

    public bool HasExited => process.HasExited;

    public static LedgerProcess Start(Uri service, string database) => Start("--service", service.AbsoluteUri, "--database", database);

    public static LedgerProcess Start(params string[] arguments) => new(Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Reconciler.Client.Samples.Ledger.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["RECONCILER_KEY"] = ServiceProcess.AdminKey, ["DOTNET_TieredPGO"] = "0" },
        })!);

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        log.Enqueue(line);
        while (log.Count > LogLinesKept) log.TryDequeue(out _);
    }
}
