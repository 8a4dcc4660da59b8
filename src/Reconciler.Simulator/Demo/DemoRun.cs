using Spectre.Console;

namespace Reconciler.Simulator.Demo;

/// <summary>The demonstration: sends payouts, looks at the service and at the truth again and again, and shows both.</summary>
public sealed class DemoRun(DemoSettings settings, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan LivePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(5);

    private Scoreboard? _scores;
    private string _note = "";

    /// <returns>0 when stopped or settled, 1 when it did not settle in time.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        using var links = new DemoLinks(settings);
        var sender = new DemoSender(settings, links, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var sending = sender.RunAsync(ending.Token);
        try
        {
            if (settings.Plain)
            {
                return await WatchAsync(sender, links, ShowLines, PlainPause, stopping);
            }

            var result = 0;
            await AnsiConsole.Live(ScoreTable.Live(null, settings, "Starting.")).StartAsync(async live =>
                result = await WatchAsync(
                    sender, links, () => live.UpdateTarget(ScoreTable.Live(_scores, settings, _note)), LivePause, stopping));
            return result;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return settings.UntilSettled is null ? 0 : await FailAsync("It was stopped before everything was settled.");
        }
        finally
        {
            await ending.CancelAsync();
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> WatchAsync(DemoSender sender, DemoLinks links, Action show, TimeSpan pause, CancellationToken stopping)
    {
        var startedAt = clock.GetTimestamp();
        while (true)
        {
            var lookedAt = clock.GetTimestamp();
            await LookAsync(sender, links, stopping);
            show();
            if (settings.UntilSettled is { } patience)
            {
                if (_scores is { Settled: true } && sender.IsDone)
                {
                    await output.WriteLineAsync($"Settled: {_scores.Total.Payouts} payouts, each right.");
                    return 0;
                }

                if (clock.GetElapsedTime(startedAt) > patience)
                {
                    return await FailAsync($"Not settled within {(long)patience.TotalSeconds} s.");
                }
            }

            // Many payouts take long to read: looking never takes more than a fifth of the time.
            var rest = clock.GetElapsedTime(lookedAt) * 4;
            var shortest = settings.UntilSettled is null ? pause : LivePause;
            await Task.Delay(rest > shortest ? rest : shortest, clock, stopping);
        }
    }

    private async Task LookAsync(DemoSender sender, DemoLinks links, CancellationToken stopping)
    {
        try
        {
            // The truth last: what the service holds for final must be so by then.
            var started = sender.Started();
            var here = await links.ServicePayoutsAsync(stopping);
            var cases = await links.CasesAsync(stopping);
            var truths = await links.TruthAsync(stopping);
            _scores = Scoreboard.Of(started, here, cases, truths);
            _note = sender.Note;
        }
        catch (Exception fault) when (DemoLinks.MayPass(fault, stopping))
        {
            _note = $"Waiting: {fault.Message}";
        }
    }

    private void ShowLines()
    {
        if (_scores is not null)
        {
            output.WriteLine(ScoreTable.Plain(_scores));
        }

        foreach (var line in ScoreTable.Links(settings).Append(_note).Where(line => line.Length > 0))
        {
            output.WriteLine(line);
        }

        output.WriteLine();
        output.Flush();
    }

    private async Task<int> FailAsync(string sentence)
    {
        await output.WriteLineAsync(sentence);
        foreach (var line in _scores?.Disagreements ?? ["The service was never read."])
        {
            await output.WriteLineAsync($"  {line}");
        }

        if (_note.Length > 0)
        {
            await output.WriteLineAsync($"  {_note}");
        }

        return 1;
    }
}
