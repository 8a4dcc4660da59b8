using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Closing_a_period(PostgresFixture postgres)
{
    private const string Day = "/v1/periods/zopay-test/2026-11-21";
    private readonly StoppedClock clock = new(StoppedClock.Noon);

    [Fact]
    public async Task Freezes_its_totals_and_tells_what_moved_since()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("a", ObservedStatus.Succeeded, clock.Now));
        await service.AppendAsync(Evidences.Heard("b", ObservedStatus.Processing, clock.Now));
        await Golden.ShouldMatchAsync(await service.Http.PostAsync(Day + "/close", null), "period-not-over");

        clock.Now = new DateTimeOffset(2026, 11, 22, 0, 5, 0, TimeSpan.Zero);
        var closed = await service.Http.PostAsync(Day + "/close", null);
        closed.Headers.Location!.ToString().ShouldBe(Day);
        await Golden.ShouldMatchAsync(closed, "period-closed");
        await Golden.ShouldMatchAsync(await service.Http.PostAsync(Day + "/close", null), "period-closed-again");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync(Day + "/changes-since-close"), "period-unmoved");

        clock.Now = clock.Now.AddHours(1);
        await service.AppendAsync(Evidences.Heard("b", ObservedStatus.Failed, clock.Now));
        await service.AppendAsync(Evidences.Answered("a", ObservedStatus.Failed, clock.Now));
        await service.AppendAsync(Evidences.Heard("c", ObservedStatus.Succeeded, clock.Now));

        await Golden.ShouldMatchAsync(await service.Http.GetAsync(Day), "period");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync(Day + "/changes-since-close"), "period-changes");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync(Day + "/changes-since-close?limit=1&after=4"), "period-changes-page");
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/periods"), "periods");
        await FrozenTotalsAreWhatWasKnownAsync(service);
    }

    [Fact]
    public async Task Months_and_days_are_closed_apart_and_listed_newest_first()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        clock.Now = new DateTimeOffset(2026, 12, 1, 0, 1, 0, TimeSpan.Zero);
        foreach (var period in (string[])["2026-11-20", "2026-11", "2026-11-21", "2026-10"])
            (await service.Http.PostAsync($"/v1/periods/zopay-test/{period}/close", null)).StatusCode.ShouldBe(HttpStatusCode.Created, period);
        (await service.Http.PostAsync("/v1/periods/pawapay-test/2026-11/close", null)).StatusCode.ShouldBe(HttpStatusCode.Created);

        var seen = new List<string>();
        for (var next = ""; next is not null;)
        {
            var page = (await service.Http.GetFromJsonAsync<JsonNode>($"/v1/periods?limit=2{next}"))!;
            seen.AddRange(page["items"]!.AsArray().Select(item => $"{item!["connection"]} {item["period"]}"));
            next = page["nextCursor"] is { } cursor ? $"&cursor={cursor}" : null;
        }

        seen.ShouldBe(["zopay-test 2026-11-21", "zopay-test 2026-11-20", "zopay-test 2026-11", "pawapay-test 2026-11", "zopay-test 2026-10"]);
    }

    [Fact]
    public async Task Two_at_once_close_it_once()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        await service.AppendAsync(Evidences.Heard("a", ObservedStatus.Succeeded, clock.Now));
        clock.Now = clock.Now.AddDays(1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => service.Http.PostAsync(Day + "/close", null)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
    }

    [Fact]
    public async Task What_is_no_period_or_no_connection_is_refused()
    {
        await using var service = await ServiceHost.StartAsync(postgres, clock);
        foreach (var period in (string[])["2026", "2026-13", "2026-02-30", "today", "2026-11-21T00:00:00Z", "9999-12", "9999-12-31"])
            (await service.Http.PostAsync($"/v1/periods/zopay-test/{period}/close", null)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, period);
        (await service.Http.PostAsync("/v1/periods/nobody/2026-10/close", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await Golden.ShouldMatchAsync(await service.Http.GetAsync("/v1/periods/zopay-test/2026-10"), "period-unknown");
        (await service.Http.GetAsync("/v1/periods/zopay-test/2026-10/changes-since-close")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await service.Http.GetAsync("/v1/periods?cursor=x")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private static async Task FrozenTotalsAreWhatWasKnownAsync(ServiceHost service)
    {
        var period = (await service.Http.GetFromJsonAsync<JsonNode>(Day))!;
        var summary = (await service.Http.GetFromJsonAsync<JsonNode>(
            $"/v1/summary?connection=zopay-test&from=2026-11-21&to=2026-11-22&by=day&by=status&knownAt={period["knownAt"]}"))!;
        summary["rows"]!.ToJsonString().ShouldBe(period["totals"]!.ToJsonString());
        summary["position"]!.ToJsonString().ShouldBe(period["position"]!.ToJsonString());
    }
}
