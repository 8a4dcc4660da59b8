using System.Globalization;
using Reconciler.Appending;
using Reconciler.Core;

namespace Reconciler.Verifying;

/// <summary>One payout: its stream against all that is derived from it.</summary>
internal static class StreamCheck
{
    internal static void Of(StreamPage page, string id, Findings findings)
    {
        if (!page.Folds.TryGetValue(id, out var folded))
        {
            findings.Add("stream", id, "it has no events");
            return;
        }

        findings.Unless(folded.IsDense, "stream", id, "its versions are not 1, 2, 3…");
        if (folded.Trouble is { } trouble) findings.Add("stream", id, trouble);
        if (page.Versions.TryGetValue(id, out var version)) findings.Same(folded.Version, version, "stream", id, "the stream's version");
        else findings.Add("stream", id, "it has events and no row in mt_streams");
        if (folded.Payout is not { } payout) return;
        Row(page, id, folded, payout, findings);
        Cases(page, id, payout, findings);
        Book(page, id, folded, findings);
    }

    private static void Row(StreamPage page, string id, Folded folded, Payout payout, Findings findings)
    {
        if (!page.Payouts.TryGetValue(id, out var row))
        {
            findings.Add("payout", id, "it has a stream and no row");
            return;
        }

        findings.Same(Convert.ToHexStringLower(PayoutState.Write(payout)), row.State, "payout", id, "the state");
        findings.Same(Columns(payout, row.IsErased), row.Columns, "payout", id, "what its columns say");
        findings.Same(payout.FirstSeenAt, row.FirstSeenAt, "payout", id, "first_seen_at");
        findings.Same(payout.LastHeardAt, row.LastHeardAt, "payout", id, "last_heard_at");
        findings.Same(payout.LastPolledAt, row.LastPolledAt, "payout", id, "last_polled_at");
        findings.Same(payout.FinalAt, row.FinalAt, "payout", id, "final_at");
        findings.Same(folded.Version, row.Version, "payout", id, "version");
    }

    private static string Columns(Payout payout, bool isErased)
    {
        var (shown, derived) = (PayoutColumns.Of(payout, isErased), Derivation.Derive(payout));
        return string.Join('|',
            payout.Id.Connection, payout.Id.ProviderPayoutId, derived.Status.Word(), derived.Status.IsFinal() ? "t" : "f",
            derived.Confidence.Word(), derived.Rule.Word(), payout.StatusVersion.ToString(CultureInfo.InvariantCulture),
            shown.Amount is { } amount ? amount.ToString("0.####", CultureInfo.InvariantCulture) : "-", shown.Currency ?? "-",
            shown.Recipient?.Masked ?? "-", shown.Recipient?.Digest ?? "-", shown.Reference ?? "-", shown.ProviderReference ?? "-",
            string.Join(' ', payout.OpenCases.Select(known => known.Kind.Word())), payout.PollsSinceHeard.ToString(CultureInfo.InvariantCulture));
    }

    private static void Cases(StreamPage page, string id, Payout payout, Findings findings)
    {
        var kept = page.CasesAt(id).OrderBy(one => one.Id).Select(one => $"{one.Id} {one.Kind} {(one.Open ? "open" : "closed")}");
        var told = payout.Cases.OrderBy(one => one.Id).Select(one => $"{one.Id} {one.Kind.Word()} {(one.Open ? "open" : "closed")}");
        findings.Same(string.Join(", ", told), string.Join(", ", kept), "cases", id, "the list of its cases");
    }

    private static void Book(StreamPage page, string id, Folded folded, Findings findings)
    {
        findings.Same(folded.Told, page.Told.GetValueOrDefault(id), "book", id, "the number of its changes in the book and the feed");
        findings.Same(page.LastMoveOf.GetValueOrDefault(id), page.StandingOf.GetValueOrDefault(id), "book", id, "its standing");
        if (page.ShownOf.TryGetValue(id, out var shown)) findings.Same(shown.Row, shown.Standing, "book", id, "what its standing says of its row");
    }
}
