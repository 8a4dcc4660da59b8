using System.Net;
using System.Text;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Hosting;

public sealed class Answering_what_is_no_route(PostgresFixture postgres)
{
    [Fact]
    public async Task Refusals_are_problem_details_whoever_refuses()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));

        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/nowhere"), "problem-404");
        await Golden.ShouldMatchAsync(await service.Http.DeleteAsync("/v1/payouts"), "problem-405");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/payouts/zopay-test"), "problem-404-no-id");
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_as_503_without_a_word_of_our_insides()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var database = new Npgsql.NpgsqlConnectionStringBuilder(service.Database.ConnectionString).Database!;
        await using (var admin = new Npgsql.NpgsqlConnection(postgres.Cluster.ConnectionString("postgres") + ";Pooling=false"))
        {
            await admin.OpenAsync();
            await using var away = new Npgsql.NpgsqlCommand(
                $"alter database {database} allow_connections false; "
                + $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'", admin);
            await away.ExecuteNonQueryAsync();
        }

        var payout = """{"connection":"zopay-test","providerPayoutId":"p","reference":"r","amount":"1","currency":"XOF"}""";
        var refused = await service.Http.PostAsync("/v1/payouts", new StringContent(payout, Encoding.UTF8, "application/json"));
        refused.Headers.RetryAfter.ShouldNotBeNull();
        await Golden.ShouldMatchAsync(refused, "problem-503");
        (await service.Http.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/health/ready"), "health-not-ready");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/health/live"), "health-live");
    }

    [Fact]
    public async Task A_service_with_its_database_is_ready_and_describes_itself()
    {
        await using var service = await ServiceHost.StartAsync(postgres);

        await Golden.ShouldMatchAsync(await service.Anonymous.GetAsync("/health/ready"), "health-ready");
        (await service.Anonymous.GetStringAsync("/docs/index.html")).ShouldContain("swagger-ui");
    }
}
