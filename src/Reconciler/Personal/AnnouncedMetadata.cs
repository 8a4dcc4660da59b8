using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.Core;

namespace Reconciler.Personal;

/// <summary>What the payout service said of a payout beside its money, on its way into the stream.</summary>
/// <param name="Salt">Kept in the payout's row, and nowhere else.</param>
/// <param name="Told">In clear: it lives in memory only.</param>
public sealed record AnnouncedMetadata(byte[] Salt, ImmutableSortedDictionary<string, string> Told)
{
    internal static AnnouncedMetadata? Of(ImmutableSortedDictionary<string, string>? told) => told is null ? null : new(PersonalBox.NewSalt(), told);

    /// <summary>As it stands in the event and in the payout's state.</summary>
    internal string Sealed(PersonalBox box, PayoutId payout) =>
        Convert.ToBase64String(box.Seal(Salt, payout.StreamId, "metadata"u8, JsonSerializer.SerializeToUtf8Bytes(Told, JsonShapes.Stored)));

    /// <param name="salt">Of the payout's row.</param>
    /// <returns>Null where nothing was said, where it was erased, or where somebody changed it.</returns>
    internal static ImmutableSortedDictionary<string, string>? Open(Func<PersonalBox> box, byte[]? salt, PayoutId payout, Expectation expected)
    {
        if (expected.SealedMetadata is not { } sealedText || salt is null) return expected.Metadata;
        try
        {
            var opened = box().Open(salt, payout.StreamId, "metadata"u8, Convert.FromBase64String(sealedText));
            return JsonSerializer.Deserialize<ImmutableSortedDictionary<string, string>>(opened, JsonShapes.Stored);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether an announcement says what another said before. What was erased cannot be compared any more, and counts as the same.</summary>
    internal static bool IsSame(Func<PersonalBox> box, byte[]? salt, PayoutId payout, Expectation known, AnnouncedMetadata? now) =>
        known.SealedMetadata is not null && salt is null
        || Entries(Open(box, salt, payout, known)).SequenceEqual(Entries(now?.Told));

    private static ImmutableSortedDictionary<string, string> Entries(ImmutableSortedDictionary<string, string>? told) =>
        told ?? ImmutableSortedDictionary<string, string>.Empty;
}
