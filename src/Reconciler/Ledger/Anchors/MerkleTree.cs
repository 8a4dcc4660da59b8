using System.Security.Cryptography;

namespace Reconciler.Ledger.Anchors;

/// <summary>
/// The root over any number of leaves, taken one by one: memory grows with the tree's height only. As in RFC 9162, section 2.1.1: leaves
/// and nodes are told apart by a first byte, and the left part of a tree is the largest power of two that leaves something to the right.
/// </summary>
internal sealed class MerkleTree
{
    public const int HashBytes = 32;

    private const byte Leaf = 0;
    private const byte Node = 1;

    // Whole trees that wait for a neighbour of their size, the largest first.
    private readonly List<(int Height, byte[] Hash)> whole = [];

    public long Leaves { get; private set; }

    public void Add(ReadOnlySpan<byte> content)
    {
        Leaves++;
        var (height, hash) = (0, SHA256.HashData([Leaf, .. content]));
        while (whole.Count > 0 && whole[^1].Height == height)
        {
            hash = Joined(whole[^1].Hash, hash);
            whole.RemoveAt(whole.Count - 1);
            height++;
        }

        whole.Add((height, hash));
    }

    /// <summary>The root over the leaves so far; over none, the hash of nothing.</summary>
    public byte[] Root()
    {
        if (whole.Count == 0) return SHA256.HashData([]);
        var root = whole[^1].Hash;
        for (var at = whole.Count - 2; at >= 0; at--) root = Joined(whole[at].Hash, root);
        return root;
    }

    private static byte[] Joined(byte[] left, byte[] right) => SHA256.HashData([Node, .. left, .. right]);
}
