using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Bookkeeping;

/// <summary>One payout as the feed has told it up to some change. A function of the changes alone, but for what its row adds.</summary>
/// <param name="Amount">Null where none was told; then the currency is null, too.</param>
/// <param name="FailureJson">As the feed spells it.</param>
/// <param name="Open">Kinds of the open cases, in the order of their opening.</param>
/// <param name="FinalAt">When it was recorded that the status turned final.</param>
/// <param name="LastDigits">Of the recipient's number; null where the mask shows fewer.</param>
internal sealed record Standing(
    string StreamId,
    string Provider,
    DateTimeOffset FirstSeenAt,
    string? Reference,
    PayoutStatus Status,
    Confidence Confidence,
    long StatusVersion,
    decimal? Amount,
    string? Currency,
    string? FailureJson,
    ImmutableArray<string> Open,
    DateTimeOffset? FinalAt,
    string? LastDigits)
{
    internal string Connection => StreamId[..StreamId.IndexOf('/')];

    internal DateOnly Day => DateOnly.FromDateTime(FirstSeenAt.UtcDateTime);

    /// <summary>The standing after one change.</summary>
    internal static Standing After(Standing? before, ChangeBody change, ReadRow row)
    {
        var status = change.To ?? before?.Status ?? PayoutStatus.Pending;
        var open = before?.Open ?? [];
        if (change.Discrepancy is { } discrepancy)
        {
            var kind = discrepancy.Kind.Word();
            open = change.Kind == ChangeKind.DiscrepancyOpened ? open.Contains(kind) ? open : open.Add(kind) : open.Remove(kind);
        }

        return new Standing(
            change.Payout.StreamId,
            row.Provider,
            row.FirstSeenAt,
            change.Reference,
            status,
            change.Confidence,
            change.StatusVersion,
            change.Amount is { } amount ? decimal.Parse(amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : null,
            change.Amount is null ? null : change.Currency,
            change.Kind != ChangeKind.StatusChanged ? before?.FailureJson
                : change.Failure is { } failure ? JsonSerializer.Serialize(failure, JsonShapes.Answered) : null,
            open,
            !status.IsFinal() ? null : before?.Status.IsFinal() == true ? before.FinalAt : change.RecordedAt,
            row.LastDigits);
    }

    /// <summary>The standing after the payout's row moved without a change of the feed; the same where nothing of it did.</summary>
    internal Standing Amended(ReadRow row) => this with
    {
        FirstSeenAt = row.FirstSeenAt,
        Amount = row.Currency is null ? null : row.Amount,
        Currency = row.Amount is null ? null : row.Currency,
        LastDigits = row.LastDigits,
    };
}

/// <summary>What the book takes from a payout's row, because the feed does not tell it.</summary>
internal sealed record ReadRow(string Provider, DateTimeOffset FirstSeenAt, decimal? Amount, string? Currency, string? LastDigits);
