using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance.Cases;

public sealed class Working_on_a_case(PostgresFixture postgres)
{
    [Fact]
    public async Task Over_HTTP_from_the_list_to_the_decision()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        var url = $"/v1/discrepancies/{id}";

        await Golden.ShouldMatchAsync(await desk.Http.PutAsJsonAsync($"{url}/owner", new { owner = "me" }), "case-assigned");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync($"{url}/notes", new { text = "Asked the operator.\nThey look." }), "case-noted");
        await desk.ProposeAsync(id, ProposedOutcome.Failed);
        await Golden.ShouldMatchAsync(await desk.Http.GetAsync("/v1/discrepancies?state=proposed&mine=true"), "cases");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync($"{url}/proposals/1/reject", new { note = "The statement is of another day." }), "case-rejected");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync($"{url}/proposals", new { outcome = "dismiss", note = "The answer holds." }), "case-proposed");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsync($"{url}/proposals/2/approve", null), "case-same-person");
        await desk.RejectAsync(id, 2);
        await desk.ProposeAsync(id, ProposedOutcome.Failed);
        desk.Clock.Now += TimeSpan.FromHours(1);
        await Golden.ShouldMatchAsync(await desk.Http.GetAsync(url), "case-to-decide");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync($"{url}/proposals/3/approve", new { note = "I see it, too." }), "case-approved");
        await Golden.ShouldMatchAsync(await desk.Http.GetAsync(url), "case-resolved");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsync($"{url}/proposals/3/approve", null), "case-decided-already");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsJsonAsync($"{url}/proposals", new { outcome = "failed", note = "Again." }), "case-closed");
        await Golden.ShouldMatchAsync(await desk.Http.DeleteAsync($"{url}/owner"), "case-closed-owner");
        await Golden.ShouldMatchAsync(await desk.Http.PostAsync($"{url}/proposals/9/approve", null), "proposal-unknown");
    }

    [Fact]
    public async Task Is_owned_by_one_and_let_go_again()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        (await desk.Tend.AssignAsync(id, Desk.Ada.Reference, Desk.Ada, default)).Case!.Owner.ShouldBe(new Person("user:ada", "Ada"));
        (await desk.Tend.AssignAsync(id, Desk.Ada.Reference, Desk.Grace, default)).Problem.ShouldBeNull();

        (await desk.Http.PutAsJsonAsync($"/v1/discrepancies/{id}/owner", new { owner = "user:nobody" })).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await desk.Http.DeleteAsync($"/v1/discrepancies/{id}/owner")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await desk.ReadAsync(id)).History.Select(step => (step.Kind, step.By?.Name)).ShouldBe(
            [(CaseStepKind.Opened, null), (CaseStepKind.Assigned, "Ada"), (CaseStepKind.Unassigned, "admin")], ignoreOrder: false);
    }

    [Fact]
    public async Task Is_due_by_its_kind_as_set()
    {
        await using var desk = await Desk.OpenAsync(postgres, new Dictionary<string, string?> { ["Reconciler:Cases:Due:contradiction"] = "30m" });
        var id = await desk.ContradictedAsync("p-1");
        var found = await desk.FindAsync(id);
        found.DueAt.ShouldBe(found.OpenedAt.AddMinutes(30));
        found.Overdue.ShouldBeFalse();
        desk.Clock.Now += TimeSpan.FromHours(1);
        (await desk.FindAsync(id)).Overdue.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Reconciler:Cases:Due:contradiction", "soon")]
    [InlineData("Reconciler:Cases:Due:disagreement", "1d")]
    [InlineData("Reconciler:Cases:ProposalsLast", "0d")]
    public async Task A_setting_that_is_none_keeps_the_service_from_starting(string name, string value) =>
        (await Should.ThrowAsync<Exception>(() => Desk.OpenAsync(postgres, new Dictionary<string, string?> { [name] = value })))
            .ToString().ShouldContain(name);

    [Theory]
    [InlineData("proposals", """{"outcome":"pending","note":"It waits."}""", "case-refused-not-final")]
    [InlineData("proposals", """{"outcome":"failed"}""", "case-refused-no-note")]
    [InlineData("proposals", """{"note":"It failed."}""", "case-refused-no-outcome")]
    [InlineData("proposals", """{"outcome":"failed","note":"It failed.","status":"failed"}""", "case-refused-unknown-member")]
    [InlineData("proposals", """{"outcome":"failed","outcome":"succeeded","note":"It failed."}""", "case-refused-member-twice")]
    [InlineData("proposals", "[1]", "case-refused-no-object")]
    [InlineData("proposals", "nonsense", "case-refused-no-json")]
    [InlineData("notes", """{"text":"a\u0000b"}""", "case-refused-nul")]
    [InlineData("notes", """{"text":"\ud800"}""", "case-refused-half-a-surrogate")]
    [InlineData("notes", """{"text":" \n "}""", "case-refused-blank")]
    [InlineData("proposals/1/reject", """{}""", "case-refused-no-reason")]
    public async Task What_cannot_be_kept_is_refused_by_name(string route, string body, string golden)
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");

        var answer = await desk.Http.PostAsync($"/v1/discrepancies/{id}/{route}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        await Golden.ShouldMatchAsync(answer, golden);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_json_is_refused()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        (await desk.Http.PostAsJsonAsync($"/v1/discrepancies/{id}/notes", new { text = new string('x', 100_000) })).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await desk.Http.PostAsync($"/v1/discrepancies/{id}/notes", new StringContent("hello"))).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await desk.Http.PostAsJsonAsync($"/v1/discrepancies/{Guid.Empty}/notes", new { text = "hello" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_list_filters_sorts_and_pages()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var ids = new List<Guid>();
        for (var at = 0; at < 5; at++) ids.Add(await desk.ContradictedAsync($"p-{at}"));
        await desk.HearAsync("p-9", ObservedStatus.Succeeded);
        await desk.Tend.AssignAsync(ids[0], "user:ada", Desk.Ada, default);
        await desk.ProposeAsync(ids[1], ProposedOutcome.Failed);
        await desk.ApproveAsync(ids[2], await desk.ProposeAsync(ids[2], ProposedOutcome.Failed));
        desk.Clock.Now += TimeSpan.FromHours(5);

        (await IdsAsync("kind=contradiction")).ShouldBe(ids);
        (await IdsAsync("kind=contradiction&sort=-due")).ShouldBe(Enumerable.Reverse(ids));
        (await IdsAsync("state=resolved")).ShouldBe([ids[2]]);
        (await IdsAsync("state=proposed")).ShouldBe([ids[1]]);
        (await IdsAsync("state=open&state=proposed&kind=contradiction")).ShouldBe([ids[0], ids[1], ids[3], ids[4]]);
        (await IdsAsync("owner=user:ada")).ShouldBe([ids[0]]);
        (await IdsAsync("owner=none&state=open&kind=contradiction")).ShouldBe([ids[3], ids[4]]);
        (await IdsAsync("mine=true")).ShouldBeEmpty();
        (await IdsAsync("overdue=true")).ShouldBe([ids[0], ids[1], ids[3], ids[4]]);
        (await IdsAsync("overdue=false&open=true")).Count.ShouldBe(1);
        (await IdsAsync("payout=zopay-test/p-3")).ShouldBe([ids[3]]);
        (await IdsAsync("minAge=5h")).ShouldBe(ids.Append(await desk.CaseAsync("p-9", DiscrepancyKind.UnexpectedPayout)));
        (await IdsAsync("minAge=302m")).ShouldBe(ids[..3]);
        (await IdsAsync("connection=pawapay-test")).ShouldBeEmpty();
        (await IdsAsync("open=true&sort=opened&limit=2")).ShouldBe([ids[0], ids[1], ids[3], ids[4], await desk.CaseAsync("p-9", DiscrepancyKind.UnexpectedPayout)]);
        (await IdsAsync("open=false")).ShouldBe([ids[2]]);
        await Golden.ShouldMatchAsync(await desk.Http.GetAsync("/v1/discrepancies?state=done&kind=odd&minAge=old&sort=kind&cursor=x&limit=0&mine=maybe&until=2"), "cases-refused");
        var first = await desk.Http.GetFromJsonAsync<JsonNode>("/v1/discrepancies?limit=1");
        (await desk.Http.GetAsync($"/v1/discrepancies?sort=opened&cursor={first!["nextCursor"]}")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        async Task<List<Guid>> IdsAsync(string query)
        {
            var found = new List<Guid>();
            for (string? cursor = null; ;)
            {
                var page = await desk.Http.GetFromJsonAsync<JsonNode>($"/v1/discrepancies?{query}{(cursor is null ? "" : $"&cursor={cursor}")}");
                found.AddRange(page!["items"]!.AsArray().Select(item => item!["id"]!.GetValue<Guid>()));
                if ((cursor = (string?)page["nextCursor"]) is null) return found;
            }
        }
    }
}
