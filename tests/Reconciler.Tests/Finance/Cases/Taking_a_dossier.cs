using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Finance.Cases;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance.Cases;

public sealed partial class Taking_a_dossier(PostgresFixture postgres)
{
    private const string Hostile = "a/b \u202Egnp.exe\u200F;rm -rf \\..\\\"é";

    [Fact]
    public async Task Gives_every_byte_with_digests_that_check_out()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync(Hostile);
        var heard = Evidences.Heard(Hostile, ObservedStatus.Failed, desk.Clock.Now);
        await desk.ApproveAsync(id, await desk.ProposeAsync(id, ProposedOutcome.Failed));
        using var folder = TemporaryFolder.New();

        var (zip, name) = await TakeAsync(desk, Hostile);
        using (var archive = new ZipArchive(new MemoryStream(zip))) await archive.ExtractToDirectoryAsync(folder.Path);

        name.ShouldMatch("^dossier-[A-Za-z0-9_-]+\\.zip$");
        using (var archive = new ZipArchive(new MemoryStream(zip)))
            archive.Entries.ShouldAllBe(entry => SafeName().IsMatch(entry.FullName));
        var root = Path.Combine(folder.Path, Path.GetFileNameWithoutExtension(name));
        (await RunAsync(root, "sha256sum", "-c", "SHA256SUMS")).ShouldBe(0);
        // Every file but the list itself is on the list.
        File.ReadAllLines(Path.Combine(root, "SHA256SUMS")).Select(line => line[66..]).Order(StringComparer.Ordinal).ShouldBe(
            Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Where(file => file != "SHA256SUMS").Order(StringComparer.Ordinal));
        File.ReadAllBytes(Directory.GetFiles(Path.Combine(root, "evidence"), "0001-webhook-*.raw").Single()).ShouldBe(heard.Evidence.Body);
        var readme = await File.ReadAllTextAsync(Path.Combine(root, "README.txt"));
        readme.ShouldNotContain("\u202E");
        foreach (var file in (string[])["README.txt", "why.json", "cases.json", "events.jsonl"])
            await ShouldMatchAsync(Path.Combine(root, file), $"dossier-{file}");
        await ShouldMatchAsync(Directory.GetFiles(Path.Combine(root, "evidence"), "0001-*.json").Single(), "dossier-evidence");
    }

    [Fact]
    public async Task Twice_gives_the_same_bytes_until_there_is_something_new()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        var id = await desk.ContradictedAsync("p-1");
        await desk.ProposeAsync(id, ProposedOutcome.Failed);
        var (first, _) = await TakeAsync(desk, "p-1");
        desk.Clock.Now += TimeSpan.FromDays(30);

        (await TakeAsync(desk, "p-1")).Zip.ShouldBe(first);
        await desk.HearAsync("p-1", ObservedStatus.Processing);
        (await TakeAsync(desk, "p-1")).Zip.ShouldNotBe(first);
    }

    [Fact]
    public async Task Of_many_pages_of_events_is_whole()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.AnnounceAsync("p-1");
        await Task.WhenAll(Enumerable.Range(0, 1_200).Select(second =>
            desk.Service.AppendAsync(Evidences.Answered("p-1", ObservedStatus.Pending, desk.Clock.Now.AddSeconds(second)))));

        var (zip, _) = await TakeAsync(desk, "p-1");

        await using var archive = new ZipArchive(new MemoryStream(zip));
        await using var events = await archive.Entries.Single(entry => entry.Name == "events.jsonl").OpenAsync();
        using var lines = new StreamReader(events);
        (await lines.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1_202);
        archive.Entries.Count(entry => entry.Name.EndsWith(".raw", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Says_so_when_bytes_are_not_what_came()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        await desk.HearAsync("p-1", ObservedStatus.Failed);
        await using (var tamper = desk.Service.Database.CreateCommand("update reconciler.evidence set body = 'forged'")) await tamper.ExecuteNonQueryAsync();

        var (zip, _) = await TakeAsync(desk, "p-1");

        await using var archive = new ZipArchive(new MemoryStream(zip));
        await using var readme = await archive.Entries.Single(entry => entry.Name == "README.txt").OpenAsync();
        using var text = new StreamReader(readme);
        (await text.ReadToEndAsync()).ShouldContain("1 of 1 pieces of evidence no longer have the bytes that came");
    }

    [Fact]
    public async Task Of_what_nobody_knows_is_not_found()
    {
        await using var desk = await Desk.OpenAsync(postgres);
        (await desk.Http.GetAsync("/v1/payouts/zopay-test/p-1/dossier")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await desk.Service.Anonymous.GetAsync("/v1/payouts/zopay-test/p-1/dossier")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<(byte[] Zip, string Name)> TakeAsync(Desk desk, string id)
    {
        var path = $"{PayoutPaths.Of(PayoutId.Parse($"zopay-test/{id}"))}/dossier";
        var address = new Uri(desk.Service.Address.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var response = await desk.Http.GetAsync(address);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/zip");
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        return (await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentDisposition.FileName!.Trim('"'));
    }

    private static async Task ShouldMatchAsync(string file, string golden)
    {
        using var shown = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(RecordedAt().Replace(await File.ReadAllTextAsync(file), "\"recordedAt\":\"now\"")) };
        await Golden.ShouldMatchAsync(shown, golden);
    }

    private static async Task<int> RunAsync(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    [GeneratedRegex("^dossier-[A-Za-z0-9_-]+/(evidence/)?[A-Za-z0-9._-]+$")]
    private static partial Regex SafeName();

    [GeneratedRegex("\"recordedAt\":\"[^\"]+\"")]
    private static partial Regex RecordedAt();
}
