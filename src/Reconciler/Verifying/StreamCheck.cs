using Reconciler.Core;

namespace Reconciler.Verifying;

/// <summary>One payout: its stream against all that is derived from it.</summary>
internal static class StreamCheck
{
    internal static void Of(StreamPage page, int place, Findings findings)
    {
        var (id, folded, booked) = (page.Ids[place], page.Fold(place), page.Booked(place));
        if (folded.Version == 0)
        {
            findings.Add("stream", id, "it has no events");
            return;
        }

        findings.Unless(folded.IsDense, "stream", id, "its versions are not 1, 2, 3…");
        if (folded.Trouble is { } trouble) findings.Add("stream", id, trouble);
        findings.Same(folded.Version, booked.StreamVersion, "stream", id, "the stream's version");
        if (folded.Payout is not { } payout) return;
        if (page.Row(place) is { } row) Row(StoredRow.Of(payout, folded.Version, row.IsErased), row, id, findings);
        else findings.Add("payout", id, "it has a stream and no row");
        Cases(page.CasesOf(place), payout, id, findings);
        Book(page.BeyondBook(id), booked, folded, id, findings);
    }

    private static void Row(StoredRow expected, StoredRow row, string id, Findings findings)
    {
        if (!expected.State.AsSpan().SequenceEqual(row.State))
            findings.Same(Convert.ToHexStringLower(expected.State), Convert.ToHexStringLower(row.State), "payout", id, "the state");
        Same(expected.Version, row.Version, "version");
        Same(expected.Connection, row.Connection, "connection");
        Same(expected.ProviderPayoutId, row.ProviderPayoutId, "provider_payout_id");
        Same(expected.Status, row.Status, "status");
        Same(expected.Final, row.Final, "final");
        Same(expected.Confidence, row.Confidence, "confidence");
        Same(expected.Rule, row.Rule, "rule");
        Same(expected.StatusVersion, row.StatusVersion, "status_version");
        Same(expected.Amount, row.Amount, "amount");
        Same(expected.Currency, row.Currency, "currency");
        Same(expected.Recipient, row.Recipient, "recipient");
        Same(expected.RecipientDigest, row.RecipientDigest, "recipient_digest");
        Same(expected.Reference, row.Reference, "reference");
        Same(expected.ProviderReference, row.ProviderReference, "provider_reference");
        Same(expected.Open, row.Open, "open_discrepancies");
        Same(expected.PollsSinceHeard, row.PollsSinceHeard, "polls_since_heard");
        Same(expected.FirstSeenAt, row.FirstSeenAt, "first_seen_at");
        Same(expected.LastHeardAt, row.LastHeardAt, "last_heard_at");
        Same(expected.LastPolledAt, row.LastPolledAt, "last_polled_at");
        Same(expected.FinalAt, row.FinalAt, "final_at");

        void Same<T>(T should, T found, string column) => findings.Same(should, found, "payout", id, column);
    }

    private static void Cases(IReadOnlyList<(Guid Id, string Kind, bool Open)> known, Payout payout, string id, Findings findings)
    {
        if (known.Count == 0 && payout.Cases.IsEmpty) return;
        var kept = known.OrderBy(one => one.Id).Select(one => $"{one.Id} {one.Kind} {(one.Open ? "open" : "closed")}");
        var told = payout.Cases.OrderBy(one => one.Id).Select(one => $"{one.Id} {one.Kind.Word()} {(one.Open ? "open" : "closed")}");
        findings.Same(string.Join(", ", told), string.Join(", ", kept), "cases", id, "the list of its cases");
    }

    private static void Book((int Changes, bool Amended) beyond, BookedRow booked, Folded folded, string id, Findings findings)
    {
        findings.Same(folded.Told, booked.Told + beyond.Changes, "book", id, "the number of its changes in the book and the feed");
        if (booked.Astray is { } astray) findings.Add("book", id, $"its move {astray} does not begin where the one before it ended");
        if (booked.NotLast is { } last) findings.Add("book", id, $"its standing is not its last move: {last}");
        // A row that moved since is not in the book yet.
        if (booked.NotShown is { } shown && beyond is (0, false)) findings.Add("book", id, $"its standing is not as its row: {shown}");
    }
}
