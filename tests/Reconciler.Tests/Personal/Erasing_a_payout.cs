using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Personal;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;
using Reconciler.Verifying;

namespace Reconciler.Tests.Personal;

public sealed class Erasing_a_payout(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly StoppedClock clock = new(Noon);

    [Fact]
    public async Task Destroys_its_bytes_and_no_other_payouts_and_leaves_history_as_it_is()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var (mine, other) = (Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon), Evidences.Heard("p-2", ObservedStatus.Succeeded, Noon));
        await service.AppendAsync(mine);
        await service.AppendAsync(Evidences.Answered("p-1", ObservedStatus.Succeeded, Noon.AddSeconds(1)));
        await service.AppendAsync(other);
        // Brings the book up to date, too.
        await VerifyAsync(service);
        var before = await HistoryAsync(service);
        clock.Now = Noon.AddHours(1);

        await Golden.ShouldMatchAsync(await EraseAsync(service, "p-1", force: true), "payout-erased");
        clock.Now = Noon.AddHours(2);
        await Golden.ShouldMatchAsync(await EraseAsync(service, "p-1"), "payout-erased");

        (await HistoryAsync(service)).ShouldBe(before);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"/v1/payouts/zopay-test/p-1/evidence/{mine.Evidence.Digest}"), "evidence-erased");
        (await service.Http.GetAsync($"/v1/payouts/zopay-test/p-2/evidence/{other.Evidence.Digest}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Rows.CountAsync(service.ConnectionString, "evidence where erased_at is not null and body is null and salt is null and headers is null")).ShouldBe(2);
        (await Rows.CountAsync(service.ConnectionString, "payouts where recipient is not null or recipient_digest is not null")).ShouldBe(1);
        (await Rows.CountAsync(service.ConnectionString, "audit_log where act = 'payout.erased' and subject = 'payout:zopay-test/p-1' and why = 'asked to'")).ShouldBe(1);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test/p-1"), "payout-after-erasing");
        (await service.Services.GetRequiredService<AuditChain>().VerifyAsync(CancellationToken.None)).IsWhole.ShouldBeTrue();
        await VerifyAsync(service);
    }

    [Fact]
    public async Task Is_refused_while_it_is_not_settled_and_to_whoever_may_not()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Processing, Noon));
        await service.AppendAsync(Evidences.Heard("p-2", ObservedStatus.Succeeded, Noon));

        await Golden.ShouldMatchAsync(await EraseAsync(service, "p-1"), "payout-not-final-to-erase");
        await Golden.ShouldMatchAsync(await EraseAsync(service, "p-2"), "payout-with-cases-to-erase");
        (await EraseAsync(service, "p-3")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var body in (string[])["{}", """{"why":" "}""", """{"why":"x","all":true}""", "[]", "no"])
            (await service.Http.PostAsync("/v1/payouts/zopay-test/p-1/erase", new StringContent(body, Encoding.UTF8, "application/json")))
                .StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, body);
        (await Rows.CountAsync(service.ConnectionString, "evidence where body is null")).ShouldBe(0);

        (await EraseAsync(service, "p-1", force: true)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_what_comes_later_only_digest_and_meaning_are_kept()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Processing, Noon));
        (await EraseAsync(service, "p-1", force: true)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var late = Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon.AddMinutes(5));

        await service.AppendAsync(late);

        (await service.Http.GetFromJsonAsync<JsonNode>("/v1/payouts/zopay-test/p-1"))!["status"]!.GetValue<string>().ShouldBe("succeeded");
        (await Rows.CountAsync(service.ConnectionString, "evidence where body is not null or salt is not null")).ShouldBe(0);
        (await Rows.CountAsync(service.ConnectionString, "payouts where recipient is not null")).ShouldBe(0);
        (await service.Http.GetAsync($"/v1/payouts/zopay-test/p-1/evidence/{late.Evidence.Digest}")).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon.AddMinutes(6)))).Outcome.ShouldBe(Reconciler.Appending.AppendOutcome.Duplicate);
        await VerifyAsync(service);
    }

    [Fact]
    public async Task While_two_nodes_hear_of_it_leaves_no_byte_behind()
    {
        await using var first = await ServiceHost.StartAsync(postgres);
        await using var second = await first.AnotherAsync();
        for (var round = 0; round < 15; round++)
        {
            var id = $"p-{round}";
            // Nobody knows the payout yet: no stream will ever name these bytes.
            await first.AppendAsync(Evidences.Answered(id, ObservedStatus.Pending, Noon));
            await first.AppendAsync(Words.Heard(id, ObservedStatus.Pending));
            var words = Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? first : second)
                .AppendAsync(Words.Heard(id, ObservedStatus.Processing, $"{number / 3}", number)));
            var erasing = EraseAsync(round % 2 == 0 ? first : second, id, force: true);
            await Task.WhenAll(words);
            (await erasing).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await Rows.CountAsync(first.ConnectionString, $"evidence where stream_id = 'zopay-test/{id}' and (body is not null or salt is not null)")).ShouldBe(0);
        }

        (await Rows.CountAsync(first.ConnectionString, "audit_log where act = 'payout.erased'")).ShouldBe(15);
        await VerifyAsync(first);
    }

    [Fact]
    public async Task Cut_off_before_its_commit_has_done_nothing()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        var heard = Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon);
        await service.AppendAsync(heard);

        // It has erased the rows, waits for the end of the audit chain, and dies there.
        await using (var blocker = await Rows.OpenAsync(service.ConnectionString))
        {
            await using var holding = await blocker.BeginTransactionAsync();
            await using (var hold = new NpgsqlCommand("select from reconciler.audit_head for update", blocker)) await hold.ExecuteNonQueryAsync();
            var erasing = EraseAsync(service, "p-1", force: true);
            const string Waiting = "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            await Waits.UntilAsync(async () => await Rows.OneAsync<long>(service.ConnectionString, $"select count(*) from {Waiting}") == 1);
            await Rows.OneAsync<long>(service.ConnectionString, $"select count(pg_terminate_backend(pid)) from {Waiting}");
            ((int)(await erasing).StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        }

        (await service.Http.GetAsync($"/v1/payouts/zopay-test/p-1/evidence/{heard.Evidence.Digest}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Rows.CountAsync(service.ConnectionString, "payouts where erased_at is not null")).ShouldBe(0);
        (await EraseAsync(service, "p-1", force: true)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> EraseAsync(ServiceHost service, string id, bool force = false) =>
        service.Http.PostAsJsonAsync($"/v1/payouts/zopay-test/{id}/erase", new EraseBody("asked to", force));

    private static async Task VerifyAsync(ServiceHost service)
    {
        var findings = new List<Finding>();
        await new Verification(service.Database, TimeProvider.System).RunAsync(findings.Add, _ => { }, CancellationToken.None);
        findings.ShouldBeEmpty();
    }

    // All that must not change, as one digest per table.
    private static async Task<string> HistoryAsync(ServiceHost service)
    {
        var digests = new List<string>();
        foreach (var table in (string[])["mt_streams", "mt_events", "changes", "payout_moves", "payout_totals", "discrepancies"])
            digests.Add($"{table} {await Rows.OneAsync<string>(service.ConnectionString, $"select coalesce(md5(string_agg(row::text, E'\\n' order by row::text)), '') from reconciler.{table} as row")}");
        return string.Join('\n', digests);
    }
}
