using System.Text.Json.Serialization;
using Reconciler.Core;

namespace Reconciler.Ledger.Parity;

/// <summary>What a subscriber holds, one object a line. The first line may be <see cref="ParityHeader"/> instead.</summary>
/// <param name="StatusVersion">The highest that it was told of; 1 or more.</param>
/// <param name="Status">Compared where it is given.</param>
public sealed record ParityClaim(PayoutId Payout, long StatusVersion, PayoutStatus? Status);

/// <param name="Position">The position up to which the subscriber has taken everything in; null: the subscription's cursor, or the feed's head where the cursor is of another history.</param>
/// <param name="Epoch">The history that the position belongs to.</param>
public sealed record ParityHeader(long? Position, Guid? Epoch);

/// <summary>How a subscriber's word on a payout differs from ours.</summary>
public enum ParityDifference
{
    /// <summary>We have it, they do not.</summary>
    Missing,

    /// <summary>They have it, and this subscription does not tell of it.</summary>
    Unknown,

    /// <summary>They have an older version than the one at their position.</summary>
    Behind,

    /// <summary>They have a version that never was.</summary>
    Ahead,

    /// <summary>They have that version with another status.</summary>
    StatusDiffers,

    /// <summary>The line could not be read; it is compared with nothing.</summary>
    BadLine,
}

/// <summary>One difference, as it is answered.</summary>
/// <param name="Line">The caller's line, 1 for the first; null for what is missing.</param>
/// <param name="Ours">As it was at the position; null where it was not there.</param>
/// <param name="Problem">Of a bad line.</param>
public sealed record ParityLine(
    ParityDifference Difference,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Line,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Payout,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ParityStatus? Theirs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ParityStatus? Ours,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Problem);

/// <param name="Status">Null where it was not given.</param>
public sealed record ParityStatus(long StatusVersion, string? Status);

/// <summary>The last line: without it the comparison did not come to its end.</summary>
/// <param name="Lines">That were read, without the header and the bad ones.</param>
public sealed record ParityCounts(
    long Position, Guid Epoch, long Lines, long Same, long Missing, long Unknown, long Behind, long Ahead, long StatusDiffers, long BadLines);
