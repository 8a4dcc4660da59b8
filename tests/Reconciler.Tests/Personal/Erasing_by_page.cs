using System.IO.Compression;
using System.Net;
using Reconciler.Access.Users;
using Reconciler.Core;
using Reconciler.Tests.Access;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Personal;

public sealed class Erasing_by_page(PostgresFixture postgres)
{
    private const string Page = "/payouts/zopay-test/p-1";
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Asks_for_a_reason_and_the_payouts_id_and_then_shows_what_is_left()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        var heard = Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon);
        await service.AppendAsync(Words.Announced("p-1"));
        await service.AppendAsync(heard);
        using var browser = await Browser.SignedInAsync(service);

        foreach (var fields in (Dictionary<string, string>[])[new() { ["why"] = " ", ["confirm"] = "p-1" }, new() { ["why"] = "asked to", ["confirm"] = "p-2" }])
            (await browser.PostAsync(Page, $"{Page}/erase", fields)).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Rows.CountAsync(service.ConnectionString, "evidence where body is null")).ShouldBe(0);
        using var erased = await browser.PostAsync(Page, $"{Page}/erase", new() { ["why"] = "asked to", ["confirm"] = "p-1" });

        (erased.StatusCode, erased.Headers.Location).ShouldBe((HttpStatusCode.Found, new Uri(Page, UriKind.Relative)));
        var page = await browser.Http.GetStringAsync(Page);
        page.ShouldContain("What is personal was erased on");
        page.ShouldNotContain("Erase it for good");
        (await browser.Http.GetStringAsync($"{Page}/evidence/{heard.Evidence.Digest}")).ShouldContain("Erased on");
        (await DossierAsync(service)).ShouldContain("The bytes of 1 of 1 pieces of evidence were erased");
    }

    [Fact]
    public async Task Is_for_administrators()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Succeeded, Noon));
        using var browser = await Browser.SignedInAsync(service, Role.Approver);

        (await browser.Http.GetStringAsync(Page)).ShouldNotContain("Erase it for good");
        (await browser.PostAsync(Page, $"{Page}/erase", new() { ["why"] = "asked to", ["confirm"] = "p-1", ["force"] = "yes" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Rows.CountAsync(service.ConnectionString, "evidence where body is null")).ShouldBe(0);
    }

    private static async Task<string> DossierAsync(ServiceHost service)
    {
        await using var archive = new ZipArchive(new MemoryStream(await service.Http.GetByteArrayAsync("/v1/payouts/zopay-test/p-1/dossier")));
        archive.Entries.ShouldNotContain(entry => entry.Name.EndsWith(".raw", StringComparison.Ordinal));
        await using var readme = await archive.Entries.Single(entry => entry.Name == "README.txt").OpenAsync();
        using var text = new StreamReader(readme);
        return await text.ReadToEndAsync();
    }
}
