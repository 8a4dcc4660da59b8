using System.Net;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Personal;

public sealed class Kept_bytes_at_rest(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Are_sealed_each_under_a_salt_of_its_own()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        for (var number = 0; number < 40; number++) await service.AppendAsync(Evidences.Heard($"p-{number % 5}-{number}", ObservedStatus.Succeeded, Noon));
        await service.AppendAsync(Words.Unreadable("Awa Diop"));

        (await Rows.CountAsync(service.ConnectionString, "evidence where position('payout'::bytea in body) > 0 or position('Awa'::bytea in body) > 0")).ShouldBe(0);
        (await Rows.CountAsync(service.ConnectionString, "evidence where headers is not null or length(salt) <> 32")).ShouldBe(0);
        (await Rows.OneAsync<long>(service.ConnectionString, "select count(distinct salt) from reconciler.evidence")).ShouldBe(41);
    }

    [Fact]
    public async Task Of_before_there_were_seals_are_still_read()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var heard = Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon);
        await service.AppendAsync(heard);
        await Rows.RunAsync(service.ConnectionString, $$"""
            update reconciler.evidence set salt = null, headers = '{"host":"example.com"}', body = '\x{{Convert.ToHexString(heard.Evidence.Body)}}'
            """);

        var answer = (await GetAsync(service, heard.Evidence.Digest))!;

        answer["base64"]!.GetValue<string>().ShouldBe(Convert.ToBase64String(heard.Evidence.Body));
        answer["headers"]!["host"]!.GetValue<string>().ShouldBe("example.com");
    }

    [Theory]
    [InlineData("body = set_byte(body, 40, 255 - get_byte(body, 40))")]
    [InlineData("salt = set_byte(salt, 3, 255 - get_byte(salt, 3))")]
    [InlineData("body = 'forged'")]
    [InlineData("body = ''")]
    [InlineData("stream_id = 'zopay-test/p-2', connection = connection")]
    public async Task That_somebody_changed_are_never_given_out(string change)
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var (mine, other) = (Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon), Evidences.Heard("p-2", ObservedStatus.Succeeded, Noon));
        await service.AppendAsync(mine);
        await service.AppendAsync(other);
        await Rows.RunAsync(service.ConnectionString, $"update reconciler.evidence set {change} where stream_id = 'zopay-test/p-1'");

        using var answer = await service.Http.GetAsync($"/v1/payouts/zopay-test/p-1/evidence/{mine.Evidence.Digest}");

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        await Golden.ShouldMatchAsync(answer, "evidence-damaged");
        (await GetAsync(service, other.Evidence.Digest, "p-2")).ShouldNotBeNull();
    }

    private static async Task<JsonNode?> GetAsync(ServiceHost service, EvidenceDigest digest, string id = "p-1") =>
        JsonNode.Parse(await service.Http.GetStringAsync($"/v1/payouts/zopay-test/{id}/evidence/{digest}"));
}
