using System.Net;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Faults;

public sealed class A_full_queue(PostgresFixture postgres)
{
    private const int QueueMax = 50;
    private const int Senders = 200;

    [Fact]
    public async Task Is_told_to_senders_as_503_with_the_time_to_wait_and_empties_when_the_database_goes_on()
    {
        using var folder = TemporaryFolder.New();
        var database = await postgres.NewDatabaseAsync();
        await using var service = await ServiceProcess.StartAsync(folder, database, ZoPaySender.Connections(), new Dictionary<string, string>
        {
            ["Reconciler__Append__Lanes"] = "1",
            ["Reconciler__Append__QueueMax"] = $"{QueueMax}",
        });
        Task<HttpResponseMessage>[] sent;

        await using (await Held.TableAsync(database))
        {
            sent = [.. Enumerable.Range(0, Senders).Select(number => service.SendAsync(ZoPaySender.Signed(ZoPaySender.Body($"p-{number}"))))];
            await Eventually.TrueAsync(() => Task.FromResult(sent.Count(task => task.IsCompleted) >= Senders - QueueMax - 100), "Nobody is refused.");
            foreach (var task in sent.Where(task => task.IsCompleted))
            {
                var refused = await task;
                refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                refused.Headers.RetryAfter!.Delta.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
                refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            }
        }

        var answers = await Task.WhenAll(sent);

        var kept = answers.Count(answer => answer.StatusCode == HttpStatusCode.OK);
        kept.ShouldBeGreaterThanOrEqualTo(QueueMax);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable).ShouldBe(Senders - kept);
        (await Rows.CountAsync(database, "payouts")).ShouldBe(kept);
        using var again = await service.SendAsync(ZoPaySender.Signed(ZoPaySender.Body("after")));
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var answer in answers) answer.Dispose();
        await Audit.OfAsync(database);
    }
}
