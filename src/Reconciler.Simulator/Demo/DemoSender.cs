using Reconciler.Simulator.Payouts;

namespace Reconciler.Simulator.Demo;

/// <summary>Starts the demonstration's payouts and registers each with the service, a few of them late, until the service takes them.</summary>
public sealed class DemoSender(DemoSettings settings, DemoLinks links, TimeProvider clock)
{
    private const int Batch = 100;

    /// <summary>The trickle ends here: each look at the service reads all of them.</summary>
    private const int TrickledMax = 20_000;

    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly DemoMix _mix = new(settings.Seed, settings.Run);
    private readonly List<Started> _started = [];
    private readonly List<(Started Payout, DateTimeOffset DueAt)> _toRegister = [];
    private string _note = "";

    /// <summary>What went wrong last; empty where all is well.</summary>
    public string Note => Volatile.Read(ref _note);

    /// <summary>Whether every payout wanted so far was started and registered.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return _started.Count >= settings.Payouts && _toRegister.Count == 0;
            }
        }
    }

    public IReadOnlyCollection<Started> Started()
    {
        lock (_gate)
        {
            return [.. _started];
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var wanted = new List<PayoutOrder>();
        var (left, trickled) = (settings.Payouts, 0);
        using var second = new PeriodicTimer(Pause, clock);
        do
        {
            try
            {
                while (left > 0 || wanted.Count > 0)
                {
                    for (; left > 0 && wanted.Count < Batch; left--)
                    {
                        wanted.Add(_mix.Next());
                    }

                    await StartAsync(wanted, stopping);
                    wanted.Clear();
                    await RegisterAsync(stopping);
                }

                await RegisterAsync(stopping);
                var more = settings.UntilSettled is null ? Math.Min(settings.Trickle, TrickledMax - trickled) : 0;
                (left, trickled) = (left + more, trickled + more);
            }
            catch (Exception fault) when (DemoLinks.MayPass(fault, stopping))
            {
                Volatile.Write(ref _note, $"Trying again: {fault.Message}");
            }
        }
        while (await second.WaitForNextTickAsync(stopping));
    }

    private async Task StartAsync(List<PayoutOrder> orders, CancellationToken stopping)
    {
        var started = await links.StartAsync(orders, stopping);
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            _started.AddRange(started);
            _toRegister.AddRange(started.Select(payout => (payout, _mix.RegistersLate() ? now + LateBy : now)));
        }
    }

    private async Task RegisterAsync(CancellationToken stopping)
    {
        while (true)
        {
            List<(Started Payout, DateTimeOffset DueAt)> due;
            var now = clock.GetUtcNow();
            lock (_gate)
            {
                due = [.. _toRegister.Where(one => one.DueAt <= now).Take(Batch)];
            }

            if (due.Count == 0)
            {
                return;
            }

            var (done, refusals) = await links.RegisterAsync([.. due.Select(one => one.Payout)], stopping);
            Volatile.Write(ref _note, refusals is [var first, ..] ? $"The service refused {refusals.Count} registrations: {first}" : "");
            lock (_gate)
            {
                _toRegister.RemoveAll(one => done.Contains(one.Payout.Id));
            }

            // The rest is sent again a little later.
            if (done.Count < due.Count)
            {
                return;
            }
        }
    }
}
