using Npgsql;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Hosting;

namespace Reconciler.Verifying.Chains;

/// <summary>
/// Reads the whole database and names what was changed, removed, put in or swapped by anyone but the service: events by their links and
/// ends, the feed by its positions, days by their anchors, the audit log by its own chain. It changes nothing, and may run while the
/// service does.
/// </summary>
public sealed class ChainVerification(NpgsqlDataSource database, Installation installation)
{
    /// <inheritdoc cref="Verification.RunAsync"/>
    public async Task<ChainVerdict> RunAsync(Action<Finding> tell, Action<string> progress, CancellationToken cancellation)
    {
        var findings = new Findings(tell);
        var streams = new ChainWalk(database, PayoutStreams.ChainOf(installation), findings);
        await streams.RunAsync(progress, cancellation);
        var feed = new FeedEvents(database, findings);
        await feed.RunAsync(progress, cancellation);
        var anchors = new Anchors(database, findings);
        await anchors.RunAsync(progress, cancellation);
        progress("The audit log.");
        var audit = await new AuditChain(database, installation).VerifyAsync(cancellation);
        if (audit.Trouble is { } trouble) findings.Add("audit", $"entry {audit.BrokenAt}", trouble);
        return new ChainVerdict(findings.Count, streams.StreamsSeen, streams.EventsSeen, feed.Position, audit.Entries, anchors.Last is { } last
            ? $"the last anchor is {last.Number} of {last.Day:yyyy-MM-dd}, {Convert.ToHexStringLower(last.Hash())}"
            : "no day is anchored yet");
    }
}

/// <param name="Anchor">The last one with its hash, in words: compare it with what the feed told its readers.</param>
public sealed record ChainVerdict(long Findings, long Streams, long Events, long Position, long AuditEntries, string Anchor)
{
    public override string ToString() =>
        $"{Streams} streams, {Events} events, {Position} changes, {AuditEntries} audit entries; {Anchor}";
}
