using System.Net;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Hosting;

public sealed class Looking_at_the_start_page(PostgresFixture postgres)
{
    [Fact]
    public async Task It_leads_to_what_can_be_read_and_every_link_answers()
    {
        await using var service = await ServiceHost.StartAsync(postgres);

        var page = await service.Anonymous.GetStringAsync("/");

        var links = System.Text.RegularExpressions.Regex.Matches(page, "href=\"([^\"]+)\"").Select(link => link.Groups[1].Value).ToList();
        links.ShouldNotBeEmpty();
        foreach (var link in links)
        {
            using var answer = await service.Anonymous.GetAsync(link);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, link);
        }
    }
}
