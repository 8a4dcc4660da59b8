using System.Globalization;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>The first page of a dossier: for a person at the provider who knows nothing of us.</summary>
internal static class DossierReadme
{
    internal static string Of(
        PayoutAnswer payout, WhyAnswer why, IReadOnlyList<DossierEvidence> evidence, IReadOnlyList<DossierCase> cases, DateTimeOffset asOf)
    {
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(Plain(line)).Append('\n');
        var title = $"The payout {payout.ProviderPayoutId} on {payout.Connection} ({payout.Provider.Word()})";
        Line(title);
        Line(new string('=', Math.Min(title.Length, 100)));
        Line($"As it stood on {Time(asOf)}. All times are in UTC. Recipients are masked.");
        Line();
        Line("What became of it");
        Line($"  {why.Status.Word()}. {why.Sentence}");
        Line();
        Line("What we expected");
        Line(payout.Expected is { } expected
            ? $"  {expected.Amount} {expected.Currency} for our reference {expected.Reference}{(expected.Recipient is { } to ? $", to {to}" : "")}."
            : "  Nothing: nobody on our side had announced this payout.");
        Line();
        Line("What the provider said, in order");
        foreach (var one in evidence) Line($"  {Said(one)}");
        if (evidence.Count == 0) Line("  Nothing.");
        Line();
        Line("What people had to look at");
        foreach (var found in cases)
        {
            Line($"  {found.Case.Kind.Word().Replace('_', ' ')}, {found.Case.State.Word()}: {found.Case.Detail}");
            foreach (var step in found.History) Line($"    {Time(step.At)}  {step.Kind.Word().Replace('_', ' ')}{(step.By is { } by ? $" by {by.Name}" : "")}: {step.Text}");
        }

        if (cases.Count == 0) Line("  Nothing.");
        Line();
        Line("What is in here");
        Line("  evidence/*.raw   the bytes as they came, one file for each piece of evidence");
        Line("  evidence/*.json  beside each: when it came, its headers, who signed it, what it says, and its SHA-256");
        Line("  why.json         why the payout has its status, with the evidence for and against");
        Line("  payout.json      the payout");
        Line("  events.jsonl     everything that happened to it, one event a line, in order");
        Line("  cases.json       the disagreements, and what people proposed, decided and noted");
        Line("  SHA256SUMS       the SHA-256 of each file");
        Line();
        Line("How to check it");
        Line("  sha256sum -c SHA256SUMS");
        var erased = evidence.Count(one => one.ErasedAt is not null);
        if (erased > 0) Line($"  The bytes of {erased} of {evidence.Count} pieces of evidence were erased, as personal data have to be. Their digests are left.");
        var broken = evidence.Count(one => !one.Intact && one.ErasedAt is null);
        Line(broken == 0
            ? "  Each file of bytes has the very digest under which it was kept when it came."
            : $"  {broken} of {evidence.Count} pieces of evidence no longer have the bytes that came; their .json files say which.");
        return text.ToString();
    }

    private static string Said(DossierEvidence one)
    {
        var source = one.Verdict switch
        {
            EvidenceVerdict.Verified => $"signed message (webhook), checked with {one.VerifiedBy}",
            EvidenceVerdict.Answer => $"answer to our own request (HTTP {one.HttpStatus?.ToString(CultureInfo.InvariantCulture) ?? "?"})",
            EvidenceVerdict.Nudge => "message (webhook) without a signature that could be checked",
            null => "bytes that are no longer kept",
        };
        var said = one.Said is { } words
            ? $"{words.Status.Word().Replace('_', ' ')} (\"{words.Word}\"){(words.Amount is { } amount ? $", {amount} {words.Currency}" : "")}"
                + (words.Failure is { } failure ? $", {failure.ProviderCode} {failure.Message}" : "")
            : $"nothing that could be read: {one.Problem}";
        var often = one.Deliveries + one.Nudges + one.Answers;
        return $"{(one.ReceivedAt is { } at ? Time(at) : "-")}  {source}: {said}.{(often > 1 ? $" It came {often} times." : "")} {one.File}";
    }

    // What a stranger wrote must neither move the cursor nor turn the line around.
    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        foreach (var character in line)
        {
            var isSafe = char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            if (isSafe) plain.Append(character);
            else plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
        }

        return plain.ToString();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
