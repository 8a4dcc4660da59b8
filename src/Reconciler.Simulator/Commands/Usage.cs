namespace Reconciler.Simulator.Commands;

/// <summary>What the command line offers.</summary>
public static class Usage
{
    public const int Misused = 2;

    private const string Text = """
        Reconciler.Simulator: five payout providers, played over HTTP. No money moves.

        Reconciler.Simulator [serve]    serves the status APIs and sends webhooks
          --urls URL            where it listens (ASPNETCORE_URLS, default http://127.0.0.1:8090)
          --seed N              makes ids, outcomes, faults and keys repeatable (default 1)
          --service URL         webhooks go to URL/webhooks/{connection} (default http://127.0.0.1:8080)
          --time-factor F       multiplies the documented waits between tries, 0 to 10 (default 1)
          --rate-limits on|off  keeps the documented rate limits (default off)
          --slow-ms N           how long a slow answer takes (default 20000)
          --workers N           webhooks on their way at once, 1 to 1000 (default 32)
          Each is also a variable, like Simulator__Seed or Simulator__TimeFactor.

        Reconciler.Simulator connections    writes the connections file for the service, and exits
          --service URL  --self URL  --seed N     as for serve; --self is where the simulator is to listen
          --out FILE                              standard output where absent

        Reconciler.Simulator demo    starts payouts, registers them with the service, and shows what becomes of them
          --service URL           the service (default http://127.0.0.1:8080)
          --self URL              the running simulator (default http://127.0.0.1:8090)
          --key KEY               a key with payouts:write, finance:read and ledger:read (Reconciler__AdminKey)
          --payouts N             how many at first, 1 to 100000 (default 300)
          --trickle N             how many more each second, 0 to 100 (default 1), 20000 in all
          --seed N                of the mix (default: another one each time)
          --plain                 lines instead of a live table; so too where the output is no terminal
          --until-settled S       no trickle; exits 0 once every payout that is final is final in the service, and right, and a
                                  ledger that reads the change feed has booked it so; 1 with a list after S seconds
        """;

    public static async Task<int> ShowAsync()
    {
        await Console.Out.WriteLineAsync(Text);
        return 0;
    }

    public static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync($"{message} See --help.");
        return Misused;
    }
}
