using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Reconciler.Access.Users;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Ingest.Unreadable;
using Reconciler.Tests.Access;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Faults;
using Reconciler.Tests.Hosting;
using Reconciler.Verifying;
using Reconciler.Verifying.Chains;

namespace Reconciler.Tests.Ingest;

/// <summary>An older version kept these deliveries and understood nothing of them; this one does.</summary>
public sealed class Reading_again_what_was_not_understood(PostgresFixture postgres) : IAsyncLifetime
{
    private const string List = "/v1/connections/zopay-test/unreadable";
    private static readonly byte[] Nonsense = "what?"u8.ToArray();

    private ServiceHost service = null!;

    private string Database => service.ConnectionString;

    public async ValueTask InitializeAsync() => service = await ServiceHost.StartAsync(postgres);

    [Fact]
    public async Task Counts_what_is_understood_now_as_of_when_it_came_and_leaves_the_rest()
    {
        await service.AppendAsync(Words.Announced("p-1"));
        var (success, deposit) = (ZoPaySender.Body("p-1"), """{"event":"deposit.updated","data":{"status":"SUCCESS"}}"""u8.ToArray());
        await KeepAsync(success, at: 1);
        await KeepAsync(Nonsense, at: 2);
        await KeepAsync(deposit, at: 3);

        // Newest first, page by page.
        var first = await PageAsync($"{List}?limit=2");
        first.Items.Select(one => one.Digest).ShouldBe([EvidenceDigest.Of(deposit), EvidenceDigest.Of(Nonsense)]);
        var second = await PageAsync($"{List}?limit=2&cursor={first.NextCursor}");
        second.ShouldSatisfyAllConditions(
            page => page.Items.ShouldHaveSingleItem().ShouldBe(new UnreadableDelivery(
                EvidenceDigest.Of(success), "unknown_shape", "2026-11", 1, Words.Noon.AddSeconds(1), Words.Noon.AddSeconds(1), "application/json")),
            page => page.NextCursor.ShouldBeNull());
        var bytes = await BytesAsync($"{List}/{EvidenceDigest.Of(success)}");
        bytes.ShouldBe(success);
        (await service.Http.GetFromJsonAsync<EvidenceAnswer>($"{List}/{EvidenceDigest.Of(success)}", JsonShapes.Answered)).ShouldNotBeNull().Payout.ShouldBeNull();

        await Golden.ShouldMatchAsync(await service.Http.GetAsync(List), "unreadable-deliveries");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync($"{List}/{EvidenceDigest.Of(success)}"), "unreadable-delivery");
        await Golden.ShouldMatchAsync(await service.Http.PostAsync($"{List}/read", null), "unreadable-deliveries-read");

        var payout = (await service.Http.GetFromJsonAsync<PayoutAnswer>("/v1/payouts/zopay-test/p-1", JsonShapes.Answered)).ShouldNotBeNull();
        (payout.Status, payout.LastHeardAt).ShouldBe((PayoutStatus.Succeeded, Words.Noon.AddSeconds(1)));
        (await BytesAsync($"/v1/payouts/zopay-test/p-1/evidence/{EvidenceDigest.Of(success)}")).ShouldBe(success);
        var evidence = await service.Http.GetFromJsonAsync<EvidenceAnswer>($"/v1/payouts/zopay-test/p-1/evidence/{EvidenceDigest.Of(success)}", JsonShapes.Answered);
        evidence.ShouldNotBeNull().Unreadable.ShouldBeNull();
        evidence.Headers.ShouldNotBeNull().GetProperty("host").GetString().ShouldBe("example.com");
        (await PageAsync(List)).Items.ShouldHaveSingleItem().Digest.ShouldBe(EvidenceDigest.Of(Nonsense));
        (await service.Http.GetAsync($"{List}/{EvidenceDigest.Of(success)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await service.Http.GetStringAsync("/v1/audit?act=connection.unreadable_read")).ShouldContain("\"read\":1");

        // Again, and the same bytes from the provider: nothing more.
        (await ReadAsync()).ShouldBe(new ReadAgainAnswer(0, 0, 1, 0));
        (await service.Anonymous.SendAsync(ZoPaySender.Signed(success))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Rows.CountAsync(Database, "mt_events where type = 'webhook_received'")).ShouldBe(1);
        await HoldsAsync();
    }

    [Fact]
    public async Task Counts_each_once_though_two_nodes_do_it_at_the_same_time_and_the_provider_sends_them_again()
    {
        const int deliveries = 200;
        await using var other = await service.AnotherAsync();
        for (var number = 0; number < deliveries; number++) await KeepAsync(ZoPaySender.Body($"p-{number}"), at: number);

        var again = Enumerable.Range(0, deliveries).Select(number => service.Anonymous.SendAsync(ZoPaySender.Signed(ZoPaySender.Body($"p-{number}"))));
        var read = await Task.WhenAll(ReadAsync(), ReadAsync(other), ReadAsync());
        (await Task.WhenAll(again)).ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);

        read.Sum(one => one.Read).ShouldBe(deliveries);
        (await Rows.CountAsync(Database, "payouts where status = 'succeeded'")).ShouldBe(deliveries);
        (await Rows.CountAsync(Database, "mt_events where type = 'webhook_received'")).ShouldBe(deliveries);
        await HoldsAsync();
    }

    [Fact]
    public async Task Goes_on_after_a_kill_and_loses_and_doubles_nothing()
    {
        const int deliveries = 4_000;
        await Task.WhenAll(Enumerable.Range(0, deliveries).Select(number => KeepAsync(ZoPaySender.Body($"p-{number}"), at: number)));
        using var folder = TemporaryFolder.New();
        var settings = new Dictionary<string, string> { ["Reconciler__MasterKey"] = Convert.ToBase64String(new byte[32]) };
        for (var kill = 1; kill <= 3; kill++)
        {
            await using var process = await ServiceProcess.StartAsync(folder, Database, ServiceHost.Connections, settings);
            var before = await UnderstoodAsync();
            var cut = process.Http.PostAsync($"{List}/read", null);
            await Eventually.TrueAsync(async () => await UnderstoodAsync() > before, "It read nothing.");
            await process.KillAsync();
            await Should.ThrowAsync<HttpRequestException>(() => cut);
        }

        var read = await UnderstoodAsync();
        read.ShouldBeLessThan(deliveries);
        (await ReadAsync()).ShouldBe(new ReadAgainAnswer(deliveries - (int)read, 0, 0, 0));
        (await UnderstoodAsync()).ShouldBe(deliveries);
        await HoldsAsync();
    }

    [Fact]
    public async Task Says_in_the_audit_what_was_read_until_who_asked_went_away()
    {
        const int deliveries = 4_000;
        await Task.WhenAll(Enumerable.Range(0, deliveries).Select(number => KeepAsync(ZoPaySender.Body($"p-{number}"), at: number)));
        using var leaving = new CancellationTokenSource();
        var asked = service.Http.PostAsync($"{List}/read", null, leaving.Token);
        await Eventually.TrueAsync(async () => await UnderstoodAsync() > 0, "It read nothing.");

        await leaving.CancelAsync();

        await Should.ThrowAsync<TaskCanceledException>(() => asked);
        await Eventually.TrueAsync(async () => (await AuditedAsync()).Count > 0, "It is not in the audit.");
        var read = await UnderstoodAsync();
        read.ShouldBeLessThan(deliveries);
        (await AuditedAsync()).ShouldHaveSingleItem()!["after"]!["read"]!.GetValue<long>().ShouldBe(read);
    }

    [Fact]
    public async Task Keeps_no_bytes_of_a_payout_that_was_erased_meanwhile()
    {
        await service.AppendAsync(Words.Heard("p-1", ObservedStatus.Succeeded));
        var success = ZoPaySender.Body("p-1", amount: "5000.0");
        await KeepAsync(success, at: 1);
        using var erase = JsonContent.Create(new { why = "asked to", force = true });
        (await service.Http.PostAsync("/v1/payouts/zopay-test/p-1/erase", erase)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await ReadAsync()).Read.ShouldBe(1);

        (await service.Http.GetAsync($"/v1/payouts/zopay-test/p-1/evidence/{EvidenceDigest.Of(success)}")).StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await Rows.CountAsync(Database, "evidence where body is not null")).ShouldBe(0);
        await HoldsAsync();
    }

    [Fact]
    public async Task Changes_nothing_where_the_kept_bytes_do_not_open_or_were_erased()
    {
        await KeepAsync(ZoPaySender.Body("p-1"), at: 1);
        await KeepAsync(ZoPaySender.Body("p-2"), at: 2);
        await Rows.RunAsync(Database, "update reconciler.evidence set body = set_byte(body, 40, get_byte(body, 40) # 1) where received_at = '2026-11-21T12:00:01Z'");
        await Rows.RunAsync(Database, "update reconciler.evidence set body = null, salt = null, headers = null, erased_at = now() where received_at = '2026-11-21T12:00:02Z'");

        (await ReadAsync()).ShouldBe(new ReadAgainAnswer(0, 0, 0, Damaged: 1));

        (await Rows.CountAsync(Database, "mt_events")).ShouldBe(0);
        (await PageAsync(List)).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Is_done_by_a_page_for_administrators_alone()
    {
        const string page = "/connections/zopay-test/unreadable";
        await KeepAsync(ZoPaySender.Body("p-1"), at: 1);
        await KeepAsync(Nonsense, at: 2);
        using var browser = await Browser.SignedInAsync(service);
        using var approver = await Browser.SignedInAsync(service, Role.Approver);

        (await browser.Http.GetStringAsync("/connections/zopay-test")).ShouldContain($"href=\"{page}\">2<");
        (await browser.Http.GetStringAsync($"{page}/{EvidenceDigest.Of(Nonsense)}")).ShouldContain("what?");
        (await approver.Http.GetStringAsync("/connections/zopay-test")).ShouldNotContain(page);
        (await approver.Http.GetAsync(page)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await approver.Http.GetAsync($"{page}/{EvidenceDigest.Of(Nonsense)}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var read = await browser.PostAsync(page, "/connections/zopay-test/read");
        var shown = await read.Content.ReadAsStringAsync();
        shown.ShouldContain("1 understood now and counted");
        shown.ShouldContain("1 still not understood");
        (await browser.Http.GetStringAsync("/connections/pawapay-test/unreadable")).ShouldContain("Everything that came was understood");
    }

    [Fact]
    public async Task Counts_nothing_that_somebody_put_into_the_database()
    {
        var forged = ZoPaySender.Body("p-1");
        await Rows.RunAsync(Database, $"""
            insert into reconciler.evidence (connection, digest, body, verified_by, unreadable, deliveries, nudges, answers, received_at, last_seen_at)
            values ('zopay-test', '\x{EvidenceDigest.Of(forged)}', '\x{Convert.ToHexString(forged)}', '2026-11', 'unknown_shape', 1, 0, 0, now(), now())
            """);

        (await ReadAsync()).ShouldBe(new ReadAgainAnswer(0, 0, 0, Damaged: 1));

        (await Rows.CountAsync(Database, "mt_events")).ShouldBe(0);
        (await Rows.CountAsync(Database, "evidence where unreadable is not null")).ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/connections/nobody/unreadable", "connection-unknown")]
    [InlineData("/v1/connections/nobody/unreadable/read", "connection-unknown")]
    [InlineData("/v1/connections/zopay-test/unreadable?limit=0", "problem:invalid")]
    [InlineData("/v1/connections/zopay-test/unreadable?cursor=x", "problem:invalid")]
    [InlineData("/v1/connections/zopay-test/unreadable?since=x", "problem:invalid")]
    [InlineData("/v1/connections/zopay-test/unreadable/x", "evidence-unknown")]
    public async Task Says_what_is_wrong_with_what_was_asked(string path, string problem)
    {
        using var answer = path.EndsWith("/read", StringComparison.Ordinal) ? await service.Http.PostAsync(path, null) : await service.Http.GetAsync(path);
        answer.IsSuccessStatusCode.ShouldBeFalse();
        (await answer.Content.ReadAsStringAsync()).ShouldContain(problem);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    private Task<Appended> KeepAsync(byte[] body, int at)
    {
        var unread = Words.Unreadable(Encoding.UTF8.GetString(body));
        return service.AppendAsync(unread with { Evidence = unread.Evidence with { ReceivedAt = Words.Noon.AddSeconds(at) } });
    }

    private async Task<UnreadablePage> PageAsync(string path) => (await service.Http.GetFromJsonAsync<UnreadablePage>(path, JsonShapes.Answered)).ShouldNotBeNull();

    private async Task<JsonArray> AuditedAsync() =>
        (await service.Http.GetFromJsonAsync<JsonNode>("/v1/audit?act=connection.unreadable_read"))!["items"]!.AsArray();

    private Task<long> UnderstoodAsync() => Rows.CountAsync(Database, "mt_events where type = 'webhook_received'");

    private async Task<byte[]> BytesAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/octet-stream") } } };
        using var answer = await service.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private async Task<ReadAgainAnswer> ReadAsync(ServiceHost? node = null)
    {
        using var answer = await (node ?? service).Http.PostAsync($"{List}/read", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await answer.Content.ReadFromJsonAsync<ReadAgainAnswer>(JsonShapes.Answered)).ShouldNotBeNull();
    }

    private async Task HoldsAsync()
    {
        await using var source = NpgsqlDataSource.Create(Database);
        var findings = new List<string>();
        await new Verification(source, TimeProvider.System).RunAsync(finding => findings.Add($"{finding}"), _ => { }, CancellationToken.None);
        await new ChainVerification(source, service.Services.GetRequiredService<Installation>()).RunAsync(finding => findings.Add($"{finding}"), _ => { }, CancellationToken.None);
        findings.ShouldBeEmpty();
    }
}
