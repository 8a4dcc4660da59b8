using Reconciler.Client;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Client;

public sealed class Registering_by_the_client(PostgresFixture postgres)
{
    [Fact]
    public async Task One_is_registered_once_and_another_content_is_refused()
    {
        await using var service = await ServiceHost.StartAsync(postgres, new StoppedClock(StoppedClock.Noon));
        var registration = new PayoutRegistration(service.Http);
        var payout = Payout("p/1") with
        {
            Recipient = "+221771234567",
            InitiatedAt = StoppedClock.Noon.AddMinutes(-1),
            Metadata = new Dictionary<string, string> { ["batch"] = "7" },
        };

        var first = await registration.RegisterAsync(payout);
        (first.Status, first.Id, first.IsRegistered).ShouldBe((201, "zopay-test/p/1", true));
        (await registration.RegisterAsync(payout)).Status.ShouldBe(200);

        var other = await Should.ThrowAsync<ReconcilerProblem>(() => registration.RegisterAsync(payout with { Amount = 5001m }));
        other.Problem.Type.ShouldBe("urn:reconciler:problem:payout-conflict");
        other.Problem.Errors.ShouldHaveSingleItem().Field.ShouldBe("amount");
        other.MayPass.ShouldBeFalse();
    }

    [Fact]
    public async Task Each_of_many_has_its_own_result_in_order_though_connections_break()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var address = new StandingAddress();
        address.Target = service.Address;
        using var http = new HttpClient { BaseAddress = address.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", ServiceHost.AdminKey);
        const int Many = 7_000;
        // Every 1000th names a connection that is none.
        var payouts = Enumerable.Range(0, Many).Select(at => at % 1_000 == 999 ? Payout($"p-{at}") with { Connection = "nobody" } : Payout($"p-{at}")).ToList();

        var results = new List<RegistrationResult>();
        await foreach (var result in new PayoutRegistration(http).RegisterManyAsync(payouts))
        {
            results.Add(result);
            if (results.Count % 1_500 == 10) address.Cut();
        }

        results.Select(result => result.Payout).ShouldBe(payouts);
        results.Count(result => result.IsRegistered).ShouldBe(Many - 7);
        results.Where(result => !result.IsRegistered).ShouldAllBe(result =>
            result.Status == 422 && result.Payout.Connection == "nobody" && result.Problem!.Errors[0].Field == "connection");
        await using var count = service.Database.CreateCommand("select count(*) from reconciler.payouts");
        (await count.ExecuteScalarAsync()).ShouldBe((long)Many - 7);
    }

    [Fact]
    public async Task A_request_that_is_refused_as_a_whole_is_thrown()
    {
        await using var service = await ServiceHost.StartAsync(postgres);

        var refused = await Should.ThrowAsync<ReconcilerProblem>(async () =>
        {
            await foreach (var _ in new PayoutRegistration(service.Anonymous).RegisterManyAsync([Payout("p-1")])) Assert.Fail("Nothing was registered.");
        });

        refused.Problem.Status.ShouldBe(401);
    }

    private static ExpectedPayout Payout(string id) => new("zopay-test", id, $"order {id}", 5000m, "XOF");
}
