using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Ledger.Anchors;

namespace Reconciler.Tests.Ledger.Anchors;

public sealed class A_Merkle_tree
{
    [Fact]
    public void Taken_leaf_by_leaf_has_the_root_of_the_definition()
    {
        for (var count = 0; count < 70; count++)
        {
            var leaves = Leaves(count);
            var tree = Of(leaves);

            tree.Leaves.ShouldBe(count);
            tree.Root().ShouldBe(Defined(leaves));
            tree.Root().ShouldBe(tree.Root());
        }
    }

    [Fact]
    public void Has_another_root_when_a_leaf_is_changed_removed_put_in_or_swapped()
    {
        var leaves = Leaves(11);
        byte[][][] others =
        [
            [.. leaves[..4], [9], .. leaves[5..]], [.. leaves[..4], .. leaves[5..]], [.. leaves, leaves[10]], [leaves[1], leaves[0], .. leaves[2..]], leaves[..10],
        ];

        others.Select(other => Convert.ToHexString(Of(other).Root())).Append(Convert.ToHexString(Of(leaves).Root())).Distinct().Count().ShouldBe(6);
    }

    private static byte[][] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(at => Encoding.UTF8.GetBytes(at.ToString(CultureInfo.InvariantCulture)))];

    private static MerkleTree Of(byte[][] leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves) tree.Add(leaf);
        return tree;
    }

    // RFC 9162, section 2.1.1, word by word.
    private static byte[] Defined(byte[][] leaves)
    {
        if (leaves.Length == 0) return SHA256.HashData([]);
        if (leaves.Length == 1) return SHA256.HashData([0, .. leaves[0]]);
        var split = 1;
        while (split * 2 < leaves.Length) split *= 2;
        return SHA256.HashData([1, .. Defined(leaves[..split]), .. Defined(leaves[split..])]);
    }
}
