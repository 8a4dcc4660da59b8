using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Personal;

namespace Reconciler.Tests.Personal;

public sealed class Sealing_personal_data
{
    private static readonly MasterKey Master = MasterKey.New();
    private static readonly PersonalBox Box = KeyRing.First(Master).Personal();
    private static readonly ConnectionKey Connection = ConnectionKey.Parse("zopay-test");

    [Fact]
    public void What_was_sealed_opens_as_it_was() =>
        Prop.ForAll<byte[], string>((body, headers) =>
        {
            var (salt, digest) = (PersonalBox.NewSalt(), EvidenceDigest.Of(body));
            var json = headers is null ? null : Encoding.UTF8.GetBytes(headers);
            var opened = KeptBytesSeal.Open(Box, salt, "zopay-test/1", Connection, digest, KeptBytesSeal.Seal(Box, salt, "zopay-test/1", Connection, digest, body, json));
            opened.Body.ShouldBe(body);
            opened.Headers.ShouldBe(json);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_changed_bit_anywhere_opens_nothing()
    {
        var (salt, body) = (PersonalBox.NewSalt(), "Awa Diop +221 77 123 45 67"u8.ToArray());
        var digest = EvidenceDigest.Of(body);
        var whole = KeptBytesSeal.Seal(Box, salt, "zopay-test/1", Connection, digest, body, "{}"u8.ToArray());
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var changed = (byte[])whole.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, salt, "zopay-test/1", Connection, digest, changed));
        }

        for (var length = 0; length < whole.Length; length++)
            Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, salt, "zopay-test/1", Connection, digest, whole[..length]));
    }

    [Fact]
    public void It_opens_with_its_own_salt_about_its_own_payout_in_its_own_row_only()
    {
        var (salt, body) = (PersonalBox.NewSalt(), "Awa Diop"u8.ToArray());
        var digest = EvidenceDigest.Of(body);
        var whole = KeptBytesSeal.Seal(Box, salt, "zopay-test/1", Connection, digest, body, null);

        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, PersonalBox.NewSalt(), "zopay-test/1", Connection, digest, whole));
        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, [], "zopay-test/1", Connection, digest, whole));
        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, salt, "zopay-test/2", Connection, digest, whole));
        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, salt, null, Connection, digest, whole));
        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, salt, "zopay-test/1", ConnectionKey.Parse("other"), digest, whole));
        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(Box, salt, "zopay-test/1", Connection, EvidenceDigest.Of([]), whole));
        Should.Throw<CryptographicException>(() => KeptBytesSeal.Open(KeyRing.First(MasterKey.New()).Personal(), salt, "zopay-test/1", Connection, digest, whole));
    }

    [Fact]
    public void Rotations_keep_every_key_and_retiring_loses_none()
    {
        var ring = KeyRing.First(Master);
        var seals = ImmutableArray.CreateBuilder<(byte[] Salt, byte[] Sealed)>();
        for (var rotation = 0; rotation < 3; rotation++)
        {
            var salt = PersonalBox.NewSalt();
            seals.Add((salt, ring.Personal().Seal(salt, "a/1", default, "Awa"u8)));
            // As it goes through the database.
            var box = KeyRing.BoxOf(Master);
            ring = KeyRing.Open(box, ring.WithNew().WithNewestOnly().Seal(box));
        }

        foreach (var (salt, whole) in seals) ring.Personal().Open(salt, "a/1", default, whole).ShouldBe("Awa"u8.ToArray());
        seals.Select(one => one.Sealed[4]).ShouldBe([1, 2, 3]);
        // A node that has not looked since the last rotation.
        Box.Knows(seals[0].Sealed).ShouldBeTrue();
        Box.Knows(seals[2].Sealed).ShouldBeFalse();
    }
}
