using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Personal;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;
using Reconciler.Tests.Ledger;

namespace Reconciler.Tests.Personal;

public sealed partial class A_run_with_known_people(PostgresFixture postgres)
{
    [Fact]
    public async Task Leaves_nobody_and_no_secret_in_clear_and_after_erasing_nothing_that_opens()
    {
        await using var run = await KnownRun.StartAsync(postgres);
        await run.PayAsync();
        await Eventually.TrueAsync(
            async () => await Rows.CountAsync(run.Database, "payouts where final") == run.Payouts.Count()
                && await Rows.CountAsync(run.Database, "evidence where answers > 0") >= run.People.Count, "The run does not end.");
        await run.AskAsync();
        await run.BreakAsync();

        // Whoever may, still reads all of it: what is looked for below was there.
        foreach (var (payout, person) in run.Payouts)
            (await run.Service.Http.GetFromJsonAsync<JsonNode>($"/v1/payouts/{payout}"))!["expected"]!["metadata"]!["employee"]!.GetValue<string>().ShouldBe(person.Name);
        (await BodiesAsync(run)).ShouldContain(body => run.People.Any(person => body.Contains(person.Digits)));

        var needles = new Needles([.. run.People.SelectMany(person => person.Words), .. run.Secrets]);
        var before = await DumpAsync(run);
        needles.In(before).ShouldBeEmpty();
        before.ShouldContain("No wallet of •••••", customMessage: "What a careless provider wrote came, and was masked.");
        (await Rows.CountAsync(run.Database, "rejected_deliveries")).ShouldBeGreaterThan(run.People.Count);
        (await Rows.CountAsync(run.Database, "saved_views")).ShouldBe(0);
        var stored = await SealedAsync(run);
        var master = MasterKey.TryParse(Convert.ToBase64String(run.MasterKey), out var key) ? key : throw new InvalidOperationException();
        var box = KeyRing.Open(KeyRing.BoxOf(master), await Rows.OneAsync<byte[]>(run.Database, "select sealed from reconciler.key_rings")).Personal();
        stored.Count.ShouldBeGreaterThan(run.Payouts.Count() * 2);
        stored.ShouldAllBe(piece => Opens(box, piece, piece.Salt), "With the salts and the master key they open.");
        stored.Select(piece => Convert.ToHexString(piece.Salt)).Distinct().Count().ShouldBe(stored.Count, "No salt seals twice.");
        var known = Salts(before);
        stored.ShouldAllBe(piece => known.Exists(salt => salt.SequenceEqual(piece.Salt)), "What is looked for below would be found.");

        foreach (var (payout, _) in run.Payouts)
            (await run.Service.Http.PostAsJsonAsync($"/v1/payouts/{payout}/erase", new EraseBody("asked to", Force: true))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var after = await DumpAsync(run);
        needles.In(after).ShouldBeEmpty();
        // Also of what an older dump still has sealed, with every salt that is left.
        var left = Salts(after);
        left.Count.ShouldBeGreaterThan(run.Payouts.Count());
        stored.Count(piece => left.Exists(salt => Opens(box, piece, salt))).ShouldBe(0);
        (await Rows.CountAsync(run.Database, "evidence where stream_id is not null and (body is not null or salt is not null or headers is not null)")).ShouldBe(0);
        (await Rows.CountAsync(run.Database, "payouts where data_salt is not null or recipient_digest is not null")).ShouldBe(0);

        await run.EndAsync();
        needles.In(run.Service.Log).ShouldBeEmpty();
        run.Service.Log.Length.ShouldBeGreaterThan(10_000);
        Encoding.Latin1.GetString(run.Collector.Traces).ShouldContain("/v1/payouts");
        needles.In(run.Collector.Traces).ShouldBeEmpty();
        needles.In(run.Collector.Metrics).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Ndeye Wolimata said")]
    [InlineData("x NDEYE%20WOLIMATA")]
    [InlineData("\\\\x00004e6465796520576f6c696d617461ff")]
    [InlineData("Tmde+TmRleWUgV29saW1hdGE=")]
    [InlineData("data: eE5kZXllIFdvbGltYXRh")]
    [InlineData("data: eHhOZGV5ZSBXb2xpbWF0YXg=")]
    [InlineData("\\u004edeye Wolimata")]
    public void Looks_under_every_stone(string text) => new Needles(["Ndeye Wolimata"]).In(text).ShouldNotBeEmpty();

    private static async Task<string> DumpAsync(KnownRun run)
    {
        using var folder = TemporaryFolder.New();
        var file = Path.Combine(folder.Path, "dump.sql");
        await PostgresTools.DumpPlainAsync(run.Database, file);
        var dump = await File.ReadAllTextAsync(file);
        // Bytes as hexadecimal, and what they say as text, and what stands in them in base64.
        var bytes = Bytea().Matches(dump).Select(found => Encoding.Latin1.GetString(Convert.FromHexString(found.Groups[1].Value)));
        return dump + string.Join('\n', bytes);
    }

    private static async Task<List<string>> BodiesAsync(KnownRun run)
    {
        var bodies = new List<string>();
        foreach (var (payout, _) in run.Payouts)
        {
            var events = (await run.Service.Http.GetFromJsonAsync<JsonNode>($"/v1/payouts/{payout}/events"))!["events"]!.AsArray();
            foreach (var digest in events.Select(one => (string?)one!["data"]!["digest"]).OfType<string>().Distinct())
            {
                using var answer = await run.Service.Http.GetAsync($"/v1/payouts/{payout}/evidence/{digest}");
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                bodies.Add((string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["text"] ?? "");
            }
        }

        return bodies;
    }

    // What an older dump has: each piece with the place that it is bound to, and its salt.
    private static async Task<List<SealedPiece>> SealedAsync(KnownRun run)
    {
        var pieces = new List<SealedPiece>();
        await using var connection = await Rows.OpenAsync(run.Database);
        await using var read = new NpgsqlCommand("""
            select stream_id, convert_to('evidence/' || connection || '/' || encode(digest, 'hex'), 'UTF8'), body, salt
            from reconciler.evidence where stream_id is not null and salt is not null
            union all
            select stream_id, 'metadata'::bytea, decode(data -> 'expectation' ->> 'sealedMetadata', 'base64'), data_salt
            from reconciler.mt_events join reconciler.payouts using (stream_id) where type = 'payout_expected'
            """, connection);
        await using var row = await read.ExecuteReaderAsync();
        while (await row.ReadAsync()) pieces.Add(new(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)));
        return pieces;
    }

    private static bool Opens(PersonalBox box, SealedPiece piece, byte[] salt)
    {
        try
        {
            box.Open(salt, piece.About, piece.Place, piece.Sealed);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // Whatever has the length of one.
    private static List<byte[]> Salts(string dump) =>
        [.. Bytea().Matches(dump).Select(found => found.Groups[1].Value).Where(hex => hex.Length == PersonalBox.SaltBytes * 2).Distinct().Select(Convert.FromHexString)];

    private sealed record SealedPiece(string About, byte[] Place, byte[] Sealed, byte[] Salt);

    [GeneratedRegex(@"\\\\x([0-9a-f]+)")]
    private static partial Regex Bytea();
}
