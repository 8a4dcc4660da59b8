using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.Streams;

namespace Reconciler.Verifying.Chains;

/// <summary>
/// One stream, event by event: does each still fit its link? A row that does not is named, and the walk goes on from both what it says
/// and what it should have said, so that one false row is one finding, not all that come after it.
/// </summary>
/// <param name="chainedAfter">Events up to this <c>seq_id</c> are older than the chains, and need no link.</param>
internal sealed class LinkedStream(string id, EventChain chain, long chainedAfter, Findings findings)
{
    private const string Check = "chain";

    // The ends that the stream may have here; none: unknown, after a gap.
    private List<byte[]> ends = [EventChain.Beginning.ToArray()];
    private long version;
    private long seq;
    private bool isChained;

    internal long Version => version;

    internal void Take(ChainedRow row)
    {
        var subject = Named(row.Event.Version);
        if (row.Event.Version != version + 1) Gap(row.Event.Version);
        findings.Unless(row.Seq > seq, Check, subject, "its place among all events is before that of the version before it");
        findings.Unless(row.IsOurs, Check, subject, "columns beside its content are not as they were stored");
        (version, seq) = (row.Event.Version, row.Seq);
        if (row.Link is null && !isChained && row.Seq <= chainedAfter) return;
        isChained = true;
        Judge(row, subject);
    }

    /// <param name="storedVersion">As the stream's row has it; null where there is no such row.</param>
    /// <param name="storedEnd">As the payout's row has it.</param>
    internal void Finish(long? storedVersion, bool hasPayout, byte[]? storedEnd)
    {
        if (storedVersion > version) findings.Add(Check, id, Missing(version + 1, storedVersion.Value));
        else if (storedVersion != version) findings.Add(Check, id, $"it has {Text(version)} events, and its row in mt_streams says {(storedVersion is { } told ? Text(told) : "nothing")}");
        if (!hasPayout) findings.Add(Check, id, "its payout's row was removed");
        else if (!isChained && storedEnd is null) return;
        else if (storedEnd is null || !ends.Exists(end => Same(end, storedEnd)))
            findings.Add(Check, id, "its last event is not the one whose end its payout's row keeps: later ones were removed, or one was put in, or that row was changed");
    }

    private void Judge(ChainedRow row, string subject)
    {
        var stored = row.LinkBytes();
        List<byte[]> expected;
        try
        {
            var happened = row.Event with { Data = CanonicalJson.Of(row.Event.Data) };
            expected = ends.ConvertAll(end => chain.Link(end, happened));
        }
        catch (JsonException unreadable)
        {
            findings.Add(Check, subject, $"its content cannot be read: {unreadable.Message}");
            ends = stored is null ? [] : [chain.End(stored)];
            return;
        }

        if (row.Link is null) findings.Add(Check, subject, "it carries no link: it was put in, or its headers were changed");
        else if (stored is null || (expected.Count > 0 && !expected.Exists(link => Same(link, stored))))
            findings.Add(Check, subject, "it is not what was stored here: it, its link or its place was changed, or it was put in");
        else expected = [stored];
        if (stored is not null && !expected.Exists(link => Same(link, stored))) expected.Add(stored);
        ends = expected.ConvertAll(link => chain.End(link));
    }

    private void Gap(long next)
    {
        findings.Add(Check, id, next > version ? Missing(version + 1, next - 1) : $"version {Text(next)} is there twice");
        // Whether the next one is what was stored cannot be told without those before it; that it is linked to what follows can.
        ends = [];
    }

    private static string Missing(long first, long last) =>
        first == last ? $"version {Text(first)} was removed" : $"versions {Text(first)} to {Text(last)} were removed";

    private static bool Same(byte[] left, byte[] right) => CryptographicOperations.FixedTimeEquals(left, right);

    private string Named(long at) => $"{id} version {Text(at)}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
