using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access;
using Reconciler.Access.Users;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Hosting;
using Reconciler.Tests.Access;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Finance.Cases;

public sealed class One_person_in_two_guises(PostgresFixture postgres)
{
    [Fact]
    public async Task Signed_in_and_by_a_key_of_theirs_is_one()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var (id, ada) = (await desk.ContradictedAsync("p-1"), await SomebodyAsync(desk));
        using var browser = ada.Browser;
        using var key = await KeyAsync(desk, ada.Id);
        var url = $"/v1/discrepancies/{id}";

        (await browser.PostAsync($"/cases/{id}", $"/cases/{id}/proposed", new() { ["outcome"] = "failed", ["note"] = "The statement says so." }))
            .StatusCode.ShouldBe(HttpStatusCode.Found);
        await SamePersonAsync(await key.PostAsync($"{url}/proposals/1/approve", null));
        await SamePersonAsync(await key.PostAsJsonAsync($"{url}/proposals/1/reject", new { note = "No." }));
        // In bulk it is the same rule.
        var preview = await key.PostAsJsonAsync("/v1/discrepancies/bulk", new { action = "approve", ids = new[] { id }, preview = true });
        (await preview.Content.ReadAsStringAsync()).ShouldContain(ProblemKind.SamePerson.Type);

        // And the other way round: their own proposal is replaced, by whichever way they come.
        (await key.PostAsJsonAsync($"{url}/proposals", new { outcome = "dismiss", note = "The answer holds." })).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await browser.Http.GetStringAsync($"/cases/{id}")).ShouldNotContain($"/cases/{id}/approved");
        (await browser.PostAsync($"/cases/{id}", $"/cases/{id}/approved", new() { ["proposal"] = "2" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await desk.StatusAsync("p-1")).ShouldBe(PayoutStatus.Succeeded);

        // What they do with it they did themselves: the case is theirs on the page, too, and named as they are.
        (await key.PutAsJsonAsync($"{url}/owner", new { owner = "me" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await desk.FindAsync(id)).Owner.ShouldBe(new Person($"user:{ada.Id}", ada.Name));
    }

    [Fact]
    public async Task By_two_keys_of_theirs_is_one_and_two_people_and_two_programs_are_two()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var (ada, grace) = (await SomebodyAsync(desk), await SomebodyAsync(desk));
        using var one = await KeyAsync(desk, ada.Id);
        using var another = await KeyAsync(desk, ada.Id);
        using var theirs = await KeyAsync(desk, grace.Id);
        using var program = await KeyAsync(desk, owner: null);
        using var otherProgram = await KeyAsync(desk, owner: null);

        (await ApprovedAsync(desk, "p-1", one, another)).ShouldBe(HttpStatusCode.Conflict);
        (await ApprovedAsync(desk, "p-2", one, theirs)).ShouldBe(HttpStatusCode.OK);
        (await ApprovedAsync(desk, "p-3", program, one)).ShouldBe(HttpStatusCode.OK);
        (await ApprovedAsync(desk, "p-4", program, otherProgram)).ShouldBe(HttpStatusCode.OK);
        (await ApprovedAsync(desk, "p-5", program, program)).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Has_keys_as_long_as_they_may_sign_in()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var ada = await SomebodyAsync(desk);
        ada.Browser.Dispose();
        using var key = await KeyAsync(desk, ada.Id);
        var users = desk.Service.Services.GetRequiredService<UserStore>();
        (await key.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await desk.Http.GetStringAsync("/v1/keys")).ShouldContain($"\"owner\":\"{ada.Id}\"");

        await Browser.UserAsync(desk.Service);
        (await users.DisableAsync(Actor.Service("test"), ada.Id, CancellationToken.None)).WasLastAdmin.ShouldBeFalse();

        (await key.GetAsync("/v1/payouts")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var nobody in (Guid[])[ada.Id, Guid.CreateVersion7()])
        {
            var refused = await desk.Http.PostAsJsonAsync("/v1/keys", new { name = "x", scopes = new[] { Scope.FinanceRead }, owner = nobody });
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await refused.Content.ReadAsStringAsync()).ShouldContain("\"owner\"");
        }
    }

    private static async Task<HttpStatusCode> ApprovedAsync(Desk desk, string payout, HttpClient proposer, HttpClient approver)
    {
        var url = $"/v1/discrepancies/{await desk.ContradictedAsync(payout)}/proposals";
        (await proposer.PostAsJsonAsync(url, new { outcome = "failed", note = "The statement says so." })).StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await approver.PostAsync($"{url}/1/approve", null)).StatusCode;
    }

    private static async Task SamePersonAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        ((string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["type"]).ShouldBe(ProblemKind.SamePerson.Type);
    }

    private static async Task<(Guid Id, string Name, Browser Browser)> SomebodyAsync(Desk desk)
    {
        var name = await Browser.UserAsync(desk.Service, Role.Admin);
        var browser = new Browser(desk.Service.Address);
        (await browser.SignInAsync(name)).StatusCode.ShouldBe(HttpStatusCode.Found);
        var all = await desk.Service.Services.GetRequiredService<UserStore>().AllAsync(CancellationToken.None);
        return (all.Single(user => user.Name == name).Id, name, browser);
    }

    private static async Task<HttpClient> KeyAsync(Desk desk, Guid? owner)
    {
        var answer = await desk.Http.PostAsJsonAsync("/v1/keys", new
        {
            name = "a test", scopes = new[] { Scope.FinanceRead, Scope.FinanceResolve, Scope.FinanceApprove }, owner,
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var made = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        ((Guid?)made["owner"]).ShouldBe(owner);
        return Keys.Client(desk.Service, (string)made["key"]!);
    }
}
