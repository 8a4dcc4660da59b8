using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Reconciler.Access;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Streams;

namespace Reconciler.Finance.Cases;

/// <summary>
/// Everything that we have on one payout in one ZIP, for a dispute with its provider. It is written while it is read: neither the
/// whole of it nor a database connection is held while the caller takes it.
/// </summary>
public sealed class WriteDossier(NpgsqlDataSource database, Installation installation, EventReader events)
{
    internal const string ContentType = "application/zip";
    private const int NameCharactersMax = 60;
    private const int DigestCharacters = 12;

    internal static async Task<IResult> HandleAsync(
        string connection, string id, HttpContext context, NpgsqlDataSource database, WriteDossier dossier, CancellationToken cancellation) =>
        PayoutPaths.IdOf(connection, id) is { } payout && context.Actor().Connections.Allow(payout.Connection) && await KeptPayout.FindAsync(database, payout, cancellation) is { } kept
            ? TypedResults.Stream(to => dossier.WriteAsync(kept, PipeWriter.Create(to), cancellation), ContentType, $"{NameOf(payout)}.zip")
            : GetPayout.Unknown(connection, id);

    /// <summary>A name that is safe as a file's anywhere, and differs for payouts whose ids look alike.</summary>
    internal static string NameOf(PayoutId payout)
    {
        var safe = payout.StreamId.Take(NameCharactersMax).Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : '-');
        return $"dossier-{string.Concat(safe)}-{EvidenceDigest.Of(Encoding.UTF8.GetBytes(payout.StreamId)).ToString()[..8]}";
    }

    private async Task WriteAsync(KeptPayout kept, PipeWriter to, CancellationToken cancellation)
    {
        await using (var stream = new PipedStream(to)) await WriteAsync(kept, stream, cancellation);
        await to.CompleteAsync();
    }

    private async Task WriteAsync(KeptPayout kept, Stream to, CancellationToken cancellation)
    {
        var payout = kept.Payout.Id;
        await using var archive = await DossierArchive.CreateAsync(to, NameOf(payout), cancellation);
        var sides = new List<(EvidenceSide Side, long Version)>();
        var asOf = kept.FirstSeenAt;
        await archive.AddAsync("events.jsonl", async file =>
        {
            await foreach (var stored in PayoutStory.ReadAsync(database, events, payout, kept.Version, cancellation))
            {
                asOf = stored.RecordedAt;
                if (stored.Event is PayoutEvent happened && EvidenceSide.Of(happened, []) is { } side) sides.Add((side, stored.Version));
                await JsonSerializer.SerializeAsync(file, PayoutEventAnswer.Of(stored), JsonShapes.Answered, cancellation);
                await file.WriteAsync("\n"u8.ToArray(), cancellation);
            }
        }, cancellation);

        // Both without what the clock plans next, and as they stood when the last thing happened: the same content must give the same bytes.
        var why = await ExplainPayout.OfAsync(database, kept, asOf, cancellation);
        var shown = PayoutAnswer.Of(kept, installation);
        await archive.AddJsonAsync("why.json", Without(why, "next"), cancellation);
        await archive.AddJsonAsync("payout.json", Without(shown, "nextPollAt"), cancellation);
        var cases = await CasesAsync(payout, asOf, cancellation);
        await archive.AddJsonAsync("cases.json", cases, cancellation);
        var evidence = await EvidenceAsync(archive, payout, sides, cancellation);
        await archive.AddAsync("README.txt", Encoding.UTF8.GetBytes(DossierReadme.Of(shown, why, evidence, cases, asOf)), cancellation);
        await archive.CloseAsync(cancellation);
    }

    private async Task<List<DossierEvidence>> EvidenceAsync(
        DossierArchive archive, PayoutId payout, List<(EvidenceSide Side, long Version)> sides, CancellationToken cancellation)
    {
        var evidence = new List<DossierEvidence>();
        foreach (var same in sides.GroupBy(one => one.Side.Digest))
        {
            var side = same.First().Side;
            var name = string.Create(CultureInfo.InvariantCulture, $"evidence/{evidence.Count + 1:0000}-{Word(side)}-{side.Digest.ToString()[..DigestCharacters]}");
            var bytes = await KeptEvidence.FindAsync(database, installation, payout, side.Digest, cancellation);
            var described = DossierEvidence.Of(bytes, side, [.. same.Select(one => one.Version)], $"{name}.raw");
            if (bytes?.Body is { } body) await archive.AddAsync($"{name}.raw", body, cancellation);
            await archive.AddJsonAsync($"{name}.json", described, cancellation);
            evidence.Add(described);
        }

        return evidence;
    }

    private async Task<List<DossierCase>> CasesAsync(PayoutId payout, DateTimeOffset asOf, CancellationToken cancellation)
    {
        var proposals = await ProposalAnswer.OfPayoutAsync(database, payout, asOf, cancellation);
        var cases = new List<DossierCase>();
        foreach (var found in await CaseAnswer.OfPayoutAsync(database, payout, asOf, cancellation))
        {
            ImmutableArray<ProposalAnswer> made = [.. proposals[found.Id].Select(one => one.Answer)];
            var entries = await CaseEntry.OfAsync(database, found.Id, cancellation);
            cases.Add(new DossierCase(found, made, CaseHistory.Of(found, made, entries)));
        }

        return cases;
    }

    private static string Word(EvidenceSide side) => side switch
    {
        { Source: ClaimSource.Poll } => "answer",
        { Verified: true } => "webhook",
        _ => "unverified",
    };

    private static JsonNode Without<T>(T answer, string member)
    {
        var node = JsonSerializer.SerializeToNode(answer, JsonShapes.Answered)!.AsObject();
        node.Remove(member);
        return node;
    }
}

/// <summary>One case, with all that people did about it.</summary>
internal sealed record DossierCase(CaseAnswer Case, ImmutableArray<ProposalAnswer> Proposals, ImmutableArray<CaseStep> History);
