using System.Globalization;
using System.Text.Json;
using Npgsql;
using Reconciler.Core;
using Reconciler.Ledger.Anchors;

namespace Reconciler.Verifying.Chains;

/// <summary>Each day's anchor against the events that it covers, the anchor before it, and what the feed told of it.</summary>
internal sealed class Anchors(NpgsqlDataSource database, Findings findings)
{
    // The change by its primary key.
    private const string All = $"""
        select {AnchorRows.Columns}, (select body from reconciler.changes where changes.position = chain_anchors.position)
        from reconciler.chain_anchors order by number
        """;

    internal ChainAnchor? Last { get; private set; }

    internal async Task RunAsync(Action<string> progress, CancellationToken cancellation)
    {
        await using var reading = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(All, reading) { CommandTimeout = 0 };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var anchor = AnchorRows.Of(row);
            var subject = $"anchor {anchor.Number.ToString(CultureInfo.InvariantCulture)} of {anchor.Day:yyyy-MM-dd}";
            progress($"Chains: {subject}.");
            findings.Unless(anchor.Number == (Last?.Number ?? 0) + 1, "anchor", subject, $"the one before it is {Last?.Number ?? 0}: anchors were removed");
            findings.Unless(
                anchor.AfterSeq == (Last?.UptoSeq ?? 0) && anchor.Former.AsSpan().SequenceEqual(Last?.Hash() ?? new byte[MerkleTree.HashBytes]),
                "anchor", subject, "it does not follow the one before it");
            findings.Unless(anchor.Hash().AsSpan().SequenceEqual(row.GetFieldValue<byte[]>(7)), "anchor", subject, "it is not as it was made");
            Told(anchor, row.IsDBNull(9) ? null : row.GetFieldValue<byte[]>(9), subject);
            await CoveredAsync(anchor, subject, cancellation);
            Last = anchor;
        }
    }

    private void Told(ChainAnchor anchor, byte[]? body, string subject)
    {
        if (body is null)
        {
            findings.Add("anchor", subject, "its change in the feed was removed");
            return;
        }

        var told = JsonSerializer.Deserialize<AnchorBody>(body, JsonShapes.Answered);
        findings.Same(anchor.Body(Guid.Empty, default).Anchor, told?.Anchor, "anchor", subject, "what the feed told of it");
    }

    private async Task CoveredAsync(ChainAnchor anchor, string subject, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var tree = await AnchorRows.TreeAsync(connection, anchor.AfterSeq, anchor.UptoSeq, cancellation);
        findings.Same(anchor.Streams, tree.Leaves, "anchor", subject, "the number of streams that moved");
        findings.Same(Convert.ToHexStringLower(anchor.Root), Convert.ToHexStringLower(tree.Root()), "anchor", subject, "the root over the events that it covers");
    }
}
