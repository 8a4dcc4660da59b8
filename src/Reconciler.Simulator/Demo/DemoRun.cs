using Reconciler.Simulator.Ledger;
using Spectre.Console;

namespace Reconciler.Simulator.Demo;

/// <summary>
/// The demonstration: sends payouts, lets a ledger read the feed, looks at the service, at the books and at the truth again and again, and
/// shows all three.
/// </summary>
public sealed class DemoRun(DemoSettings settings, TimeProvider clock, TextWriter output)
{
    private static readonly TimeSpan LivePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(5);

    private Scoreboard? _scores;
    private Parity? _parity;
    private string _note = "";

    /// <returns>0 when stopped or settled, 1 when it did not settle in time.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        using var links = new DemoLinks(settings);
        var sender = new DemoSender(settings, links, clock);
        using var ledger = new LedgerSubscriber(settings, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reading = ledger.RunAsync(ending.Token);
        var sending = SendAsync(ledger, sender, ending.Token);
        try
        {
            if (settings.Plain)
            {
                return await WatchAsync(sender, links, ledger, () => ShowLines(ledger.State), PlainPause, stopping);
            }

            var result = 0;
            await AnsiConsole.Live(ScoreTable.Live(null, settings, "Starting.")).StartAsync(async live =>
                result = await WatchAsync(
                    sender, links, ledger, () => live.UpdateTarget(
                        new Rows(ScoreTable.Live(_scores, settings, _note), LedgerTable.Live(ledger.State, _parity))), LivePause, stopping));
            return result;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return settings.UntilSettled is null ? 0 : await FailAsync("It was stopped before everything was settled.", ledger);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(sending, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The ledger first: it begins at the feed's end, and what happened before it did would be missing in its books.
    private static async Task SendAsync(LedgerSubscriber ledger, DemoSender sender, CancellationToken stopping)
    {
        await ledger.Begun.WaitAsync(stopping);
        await sender.RunAsync(stopping);
    }

    private async Task<int> WatchAsync(
        DemoSender sender, DemoLinks links, LedgerSubscriber ledger, Action show, TimeSpan pause, CancellationToken stopping)
    {
        var startedAt = clock.GetTimestamp();
        while (true)
        {
            var lookedAt = clock.GetTimestamp();
            await LookAsync(sender, links, ledger, stopping);
            show();
            if (settings.UntilSettled is { } patience)
            {
                if (_scores is { Settled: true } && _parity is { Settled: true } && sender.IsDone)
                {
                    await output.WriteLineAsync($"Settled: {_scores.Total.Payouts} payouts, each right, in the service and in the ledger's books.");
                    await WriteLinesAsync(LedgerTable.Plain(ledger.State, _parity));
                    return 0;
                }

                if (clock.GetElapsedTime(startedAt) > patience)
                {
                    return await FailAsync($"Not settled within {(long)patience.TotalSeconds} s.", ledger);
                }
            }

            // Many payouts take long to read: looking never takes more than a fifth of the time.
            var rest = clock.GetElapsedTime(lookedAt) * 4;
            var shortest = settings.UntilSettled is null ? pause : LivePause;
            await Task.Delay(rest > shortest ? rest : shortest, clock, stopping);
        }
    }

    private async Task LookAsync(DemoSender sender, DemoLinks links, LedgerSubscriber ledger, CancellationToken stopping)
    {
        try
        {
            // The truth last: what the service and the books hold for final must be so by then.
            var started = sender.Started();
            var here = await links.ServicePayoutsAsync(stopping);
            var cases = await links.CasesAsync(stopping);
            var books = ledger.State.Entries;
            var truths = await links.TruthAsync(stopping);
            _scores = Scoreboard.Of(started, here, cases, truths);
            _parity = Parity.Of(started, books, truths);
            _note = sender.Note;
        }
        catch (Exception fault) when (DemoLinks.MayPass(fault, stopping))
        {
            _note = $"Waiting: {fault.Message}";
        }
    }

    private void ShowLines(LedgerState ledger)
    {
        if (_scores is not null)
        {
            output.WriteLine(ScoreTable.Plain(_scores));
        }

        foreach (var line in LedgerTable.Plain(ledger, _parity).Concat(ScoreTable.Links(settings)).Append(_note).Where(line => line.Length > 0))
        {
            output.WriteLine(line);
        }

        output.WriteLine();
        output.Flush();
    }

    private async Task<int> FailAsync(string sentence, LedgerSubscriber ledger)
    {
        await output.WriteLineAsync(sentence);
        await WriteLinesAsync(_scores?.Disagreements ?? ["The service was never read."]);
        await WriteLinesAsync(_parity?.Disagreements ?? []);
        if (_parity is { Awaited: > 0 })
        {
            await WriteLinesAsync([$"The ledger still awaits {_parity.Awaited} payouts."]);
        }

        await WriteLinesAsync(new[] { _note, ledger.State.Note }.Where(note => note.Length > 0));
        return 1;
    }

    private async Task WriteLinesAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await output.WriteLineAsync($"  {line}");
        }
    }
}
