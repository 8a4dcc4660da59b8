using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Core;
using Reconciler.Personal;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;
using Reconciler.Verifying;

namespace Reconciler.Tests.Personal;

public sealed class Keeping_personal_data_for_a_time(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly ConnectionKey Connection = ConnectionKey.Parse("zopay-test");
    private readonly StoppedClock clock = new(Noon);

    [Fact]
    public async Task Erases_what_is_older_and_settled_and_nothing_else()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await SettleAsync(service, "old");
        await service.AppendAsync(Evidences.Heard("disputed", ObservedStatus.Succeeded, clock.Now));
        await AnnounceAsync(service, "open");
        await service.AppendAsync(Words.Unreadable("Awa Diop"));
        clock.Now = Noon.AddDays(2);
        await SettleAsync(service, "young");
        clock.Now = Noon.AddDays(400).AddHours(1);
        await VerifyAsync(service);
        var erase = service.Services.GetRequiredService<EraseByAge>();

        (await erase.RunAsync(Connection, TimeSpan.FromDays(400), CancellationToken.None)).ShouldBe(new AgedOut(1, 1, 1, HasMore: false));
        (await erase.RunAsync(Connection, TimeSpan.FromDays(400), CancellationToken.None)).ShouldBe(new AgedOut(0, 0, 0, HasMore: false));

        (await Rows.OneAsync<string>(service.ConnectionString, "select string_agg(stream_id, ' ') from reconciler.payouts where erased_at is not null")).ShouldBe("zopay-test/old");
        (await Rows.OneAsync<string>(service.ConnectionString, "select string_agg(coalesce(after::jsonb ->> 'payouts', '?') || ' ' || subject, ',') from reconciler.audit_log where act = 'personal_data.aged_out'"))
            .ShouldBe("1 connection:zopay-test");
        await VerifyAsync(service);
        clock.Now = Noon.AddDays(403);
        (await erase.RunAsync(Connection, TimeSpan.FromDays(400), CancellationToken.None))!.Payouts.ShouldBe(1);
    }

    [Fact]
    public async Task Goes_on_by_itself_as_the_connection_says()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await SettleAsync(service, "p-1");
        await VerifyAsync(service);
        clock.Now = Noon.AddDays(30);
        var document = (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!;
        document["personalData"] = new JsonObject { ["keepFor"] = "29d" };
        (await service.Http.PutAsJsonAsync("/v1/connections/zopay-test", document)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Http.GetFromJsonAsync<JsonNode>("/v1/connections/zopay-test"))!["personalData"]!["keepFor"]!.GetValue<string>().ShouldBe("29d");

        // It looks when it starts, and now and then.
        using var looking = ActivatorUtilities.CreateInstance<RetentionClock>(service.Services);
        await looking.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(
            async () => await Rows.CountAsync(service.ConnectionString, "payouts where erased_at is not null") == 1, "Nothing was erased.");
    }

    [Fact]
    public async Task Of_many_goes_on_in_small_runs_and_two_nodes_take_turns()
    {
        await using var first = await ServiceHost.StartAsync(postgres, clock);
        await using var second = await first.AnotherAsync();
        await Task.WhenAll(Enumerable.Range(0, 450).Select(number => SettleAsync(first, $"p-{number}")));
        await VerifyAsync(first);
        clock.Now = Noon.AddDays(2);

        var gone = 0L;
        async Task EraseAsync(ServiceHost node)
        {
            var erase = node.Services.GetRequiredService<EraseByAge>();
            // A row that the clock looks at just now is passed over, and met by the next run.
            for (AgedOut? run = null; run is null or { Payouts: > 0 };)
            {
                run = await erase.RunAsync(Connection, TimeSpan.FromDays(1), CancellationToken.None);
                run?.Payouts.ShouldBeLessThanOrEqualTo(EraseByAge.RowsMax);
                Interlocked.Add(ref gone, run?.Payouts ?? 0);
            }
        }

        await Task.WhenAll(EraseAsync(first), EraseAsync(second));

        gone.ShouldBe(450);
        (await Rows.CountAsync(first.ConnectionString, "evidence where body is not null")).ShouldBe(0);
        (await Rows.CountAsync(first.ConnectionString, "audit_log where act = 'personal_data.aged_out'")).ShouldBeInRange(3, 20);
        await VerifyAsync(first);
    }

    private async Task SettleAsync(ServiceHost service, string id)
    {
        await AnnounceAsync(service, id);
        await service.AppendAsync(Evidences.Heard(id, ObservedStatus.Succeeded, clock.Now));
    }

    private static Task AnnounceAsync(ServiceHost service, string id) => service.AppendAsync(Words.Announced(id));

    // Brings the book up to date, too.
    private static async Task VerifyAsync(ServiceHost service)
    {
        var findings = new List<Finding>();
        await new Verification(service.Database, TimeProvider.System).RunAsync(findings.Add, _ => { }, CancellationToken.None);
        findings.ShouldBeEmpty();
    }
}
