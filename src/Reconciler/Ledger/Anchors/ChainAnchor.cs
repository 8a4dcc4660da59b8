using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Ledger.Anchors;

/// <summary>What the streams held when a day was over: one digest for all of it.</summary>
/// <param name="Number">1, 2, 3…</param>
/// <param name="Day">The day (UTC) that was over.</param>
/// <param name="AfterSeq">It covers the events beyond this <c>seq_id</c>…</param>
/// <param name="UptoSeq">…and up to this one.</param>
/// <param name="Streams">How many streams have such an event.</param>
/// <param name="Root">Of the Merkle tree over them, in ordinal order of their ids (see <see cref="Leaf"/>).</param>
/// <param name="Former">The hash of the anchor before it; of the first one, zeros.</param>
internal sealed record ChainAnchor(long Number, DateOnly Day, long AfterSeq, long UptoSeq, long Streams, byte[] Root, byte[] Former)
{
    /// <summary>Where an anchor's changes stand in the feed: no connection can have this name.</summary>
    private const string Connection = "_chain";

    /// <summary>In place of a payout's id.</summary>
    public string StreamId => $"{Connection}/{Day:yyyy-MM-dd}";

    /// <summary>Of all that it says; the next one takes it up.</summary>
    public byte[] Hash()
    {
        var content = new byte[4 * sizeof(long) + sizeof(int) + Root.Length + Former.Length];
        var rest = content.AsSpan();
        foreach (var number in (ReadOnlySpan<long>)[Number, AfterSeq, UptoSeq, Streams])
        {
            BinaryPrimitives.WriteInt64BigEndian(rest, number);
            rest = rest[sizeof(long)..];
        }

        BinaryPrimitives.WriteInt32BigEndian(rest, Day.DayNumber);
        rest = rest[sizeof(int)..];
        Root.CopyTo(rest);
        Former.CopyTo(rest[Root.Length..]);
        return SHA256.HashData(content);
    }

    /// <summary>What the tree takes of one stream: its id, and the version and link of its last event that the anchor covers.</summary>
    public static byte[] Leaf(string streamId, long version, string? link)
    {
        var id = Encoding.UTF8.GetBytes(streamId);
        var linked = Encoding.ASCII.GetBytes(link ?? "");
        var leaf = new byte[sizeof(int) + id.Length + sizeof(long) + linked.Length];
        BinaryPrimitives.WriteInt32BigEndian(leaf, id.Length);
        id.CopyTo(leaf, sizeof(int));
        BinaryPrimitives.WriteInt64BigEndian(leaf.AsSpan(sizeof(int) + id.Length), version);
        linked.CopyTo(leaf, leaf.Length - linked.Length);
        return leaf;
    }

    /// <summary>What the feed tells of it.</summary>
    public AnchorBody Body(Guid id, DateTimeOffset now) => new(
        id, ChangeKind.ChainAnchored, Payout: null, StatusVersion: 0, OccurredAt: now, RecordedAt: now,
        new AnchorAnswer(Number, Day, Streams, AfterSeq, UptoSeq, Convert.ToHexStringLower(Root), Convert.ToHexStringLower(Former), Convert.ToHexStringLower(Hash())));
}

/// <summary>An anchor as an entry of the ledger feed. A storage shape.</summary>
/// <param name="Payout">Null: it is about no payout.</param>
/// <param name="StatusVersion">0: it moves no status.</param>
internal sealed record AnchorBody(
    Guid Id, string Kind, string? Payout, long StatusVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, AnchorAnswer Anchor)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JsonShapes.Answered);
}

/// <param name="Day">UTC.</param>
/// <param name="Streams">How many streams moved.</param>
/// <param name="AfterSeq">Of the events that it covers, the <c>seq_id</c> before the first…</param>
/// <param name="UptoSeq">…and the last.</param>
/// <param name="Root">Hex, as the two others.</param>
/// <param name="Former">The hash of the anchor before it.</param>
/// <param name="Hash">Of this one.</param>
internal sealed record AnchorAnswer(long Number, DateOnly Day, long Streams, long AfterSeq, long UptoSeq, string Root, string Former, string Hash);
