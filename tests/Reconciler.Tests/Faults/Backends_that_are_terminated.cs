using System.Collections.Concurrent;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Faults;

public sealed class Backends_that_are_terminated(PostgresFixture postgres)
{
    private const int Terminations = 12;
    private const int Senders = 32;

    [Fact]
    public async Task Under_load_lose_nothing_that_was_answered()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var node = new Node(database);
        var answered = new ConcurrentBag<string>();
        var failed = new ConcurrentBag<string>();
        using var done = new CancellationTokenSource();

        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync(node, sender, answered, failed, done.Token)));
        for (var round = 1; round <= Terminations; round++)
        {
            // Each comes after some more was answered, at a moment that nobody chose.
            var goal = answered.Count + (100 * (round % 3)) + 20;
            await Eventually.TrueAsync(() => Task.FromResult(answered.Count >= goal), "The node does not go on after a terminated backend.");
            await Rows.RunAsync(database, $"""
                select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = '{Node.ApplicationName}' and datname = current_database() order by random() limit 1
                """);
        }

        await done.CancelAsync();
        await sending;

        var kept = await Rows.OneAsync<string[]>(database, "select array_agg(provider_payout_id) from reconciler.payouts");
        answered.Except(kept).ShouldBeEmpty("What was answered is there.");
        kept.Except(answered).Except(failed).ShouldBeEmpty();
        (await Rows.CountAsync(database, "mt_events where type = 'webhook_received'")).ShouldBe(kept.Length, "Each is there once.");
        await Audit.OfAsync(database);
    }

    private static async Task SendAsync(Node node, int sender, ConcurrentBag<string> answered, ConcurrentBag<string> failed, CancellationToken done)
    {
        for (var number = 0; !done.IsCancellationRequested; number++)
        {
            var payout = $"{sender}-{number}";
            var fault = await node.FaultOfAsync(Words.Heard(payout, ObservedStatus.Succeeded));
            fault?.ShouldBeOfType<AppendUnavailable>();
            (fault is null ? answered : failed).Add(payout);
        }
    }
}
