using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Connections;

/// <summary>A provider that sends a thousand deliveries a second to two nodes while its secret is changed. Longer by <c>ROTATION_SECONDS</c> a step.</summary>
public sealed class Changing_a_secret_under_load(PostgresFixture postgres)
{
    private const string Secrets = "/v1/connections/zopay-test/secrets";
    private const string Old = "whsec_test";
    private const string New = "whsec_december_4711";
    private const int PerSecond = 1_000;
    private const int ForgedEvery = 10;
    private const int Senders = 48;

    private static readonly TimeSpan StepLasts = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("ROTATION_SECONDS") ?? "2", CultureInfo.InvariantCulture));

    // What the answer of the first step tells the operator to wait.
    private static readonly TimeSpan OnAllNodes = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Refuses_no_valid_delivery_and_accepts_no_forged_one()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        var load = new Load(first.Address, second.Address);
        var sending = load.RunAsync();
        await WhileAsync(StepLasts);

        (await first.Http.PostAsJsonAsync(Secrets, new { id = "2026-12", secret = New })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await WhileAsync(OnAllNodes);
        load.Signs = [Old, New];
        await WhileAsync(StepLasts);
        load.Signs = [New];
        await WhileAsync(StepLasts);
        await Waits.UntilAsync(() => Task.FromResult(load.Underway(Old) == 0));
        (await second.Http.DeleteAsync($"{Secrets}/2026-11")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        // A day goes by, as far as the database knows.
        await WhileAsync(TimeSpan.FromSeconds(4));
        await Rows.RunAsync(first.ConnectionString, "update reconciler.webhook_verifiers set last_used_at = now() - interval '25 hours' where verifier = '2026-11'");
        (await second.Http.DeleteAsync($"{Secrets}/2026-11")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await WhileAsync(StepLasts + OnAllNodes);
        load.Stop();
        await sending;

        TestContext.Current.TestOutputHelper?.WriteLine(load.ToString());
        Console.WriteLine(load.ToString());
        load.Refused.ShouldBe(0);
        load.Accepted.ShouldBe(0);
        (await Rows.CountAsync(first.ConnectionString, "evidence where connection = 'zopay-test'")).ShouldBe(load.Kept);
        (await Rows.CountAsync(first.ConnectionString, "payouts where provider_payout_id like 'forged-%'")).ShouldBe(0);
    }

    private static Task WhileAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private sealed class Load(params Uri[] nodes)
    {
        private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Senders });
        private readonly ConcurrentDictionary<string, int> underway = new();
        private readonly TimeProvider clock = TimeProvider.System;
        private volatile bool stopped;
        private long number;
        private long refused;
        private long accepted;
        private long kept;
        private long forged;
        private long again;
        private double seconds;

        /// <summary>What the provider signs with; of several, one after the other.</summary>
        public volatile string[] Signs = [Old];

        public long Refused => Interlocked.Read(ref refused);

        public long Accepted => Interlocked.Read(ref accepted);

        public long Kept => Interlocked.Read(ref kept);

        public int Underway(string secret) => underway.GetValueOrDefault(secret);

        public void Stop() => stopped = true;

        public async Task RunAsync()
        {
            var started = clock.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAsync(started))));
            seconds = clock.GetElapsedTime(started).TotalSeconds;
        }

        private async Task SendAsync(long started)
        {
            while (!stopped)
            {
                var mine = Interlocked.Increment(ref number);
                var ahead = TimeSpan.FromSeconds((double)mine / PerSecond) - clock.GetElapsedTime(started);
                if (ahead > TimeSpan.Zero) await Task.Delay(ahead, clock);
                if (mine % ForgedEvery == 0) await ForgeAsync(mine);
                else await DeliverAsync(mine);
            }
        }

        private async Task DeliverAsync(long mine)
        {
            var secret = Signs is var live ? live[mine % live.Length] : Old;
            underway.AddOrUpdate(secret, 1, (_, count) => count + 1);
            HttpStatusCode status;
            // As a provider does: what is not kept now is sent again.
            while ((status = await PostAsync($"honest-{mine}", secret, mine)) == HttpStatusCode.ServiceUnavailable) Interlocked.Increment(ref again);
            if (status == HttpStatusCode.OK) Interlocked.Increment(ref kept);
            else Interlocked.Increment(ref refused);
            underway.AddOrUpdate(secret, 0, (_, count) => count - 1);
        }

        private async Task ForgeAsync(long mine)
        {
            Interlocked.Increment(ref forged);
            if (await PostAsync($"forged-{mine}", "whsec_guessed", mine) != HttpStatusCode.Unauthorized) Interlocked.Increment(ref accepted);
        }

        private async Task<HttpStatusCode> PostAsync(string payout, string secret, long mine)
        {
            using var request = ZoPaySender.Signed(ZoPaySender.Body(payout), "zopay-test", secret);
            request.RequestUri = new Uri(nodes[mine % nodes.Length], request.RequestUri!);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{kept} valid kept ({again} sent again after 503), {refused} refused; {forged} forged, {accepted} accepted; {(kept + forged) / seconds:F0} a second for {seconds:F0} s.");
    }
}
