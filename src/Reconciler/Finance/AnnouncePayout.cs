using System.Diagnostics;
using Npgsql;
using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Personal;

namespace Reconciler.Finance;

/// <summary>"Expect this payout": reads one announcement, masks its recipient, and makes it permanent.</summary>
internal sealed class AnnouncePayout(
    NpgsqlDataSource database, ConnectionRegistry connections, Installation installation, Appender appender, TimeProvider clock)
{
    private const int AttemptsMax = 6;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);

    /// <param name="json">One JSON object.</param>
    /// <param name="allowed">The connections that exist for the caller.</param>
    internal async Task<Announced> AnnounceAsync(ReadOnlyMemory<byte> json, AllowedConnections allowed, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToMicrosecond();
        var reader = new AnnouncementReader(now);
        if (reader.Read(json) is not { } announcement) return Announced.Refused(Problem.Invalid(reader.Problems));
        if (!allowed.Allow(announcement.Payout.Connection) || connections.Find(announcement.Payout.Connection.ToString()) is not { Settings: var settings })
            return Announced.Refused(Problem.Invalid("connection", "There is no such connection."));
        var metadata = AnnouncedMetadata.Of(announcement.Metadata);
        var expectation = new Expectation(
            announcement.Reference,
            announcement.Amount,
            announcement.Recipient is { } recipient ? RecipientMask.Mask(recipient, installation.RecipientKey) : null,
            announcement.InitiatedAt,
            Metadata: null,
            metadata?.Sealed(installation.Personal, announcement.Payout));
        return await AppendAsync(new Announce(new PayoutExpected(announcement.Payout, now, expectation), settings.Provider, settings.Polling, metadata), cancellation);
    }

    private async Task<bool> HasSameMetadataAsync(Announce announce, CancellationToken cancellation) =>
        await KeptPayout.FindAsync(database, announce.Expected.Payout, cancellation) is not { Payout.Expected: { } known } kept
        || AnnouncedMetadata.IsSame(() => installation.Personal, kept.DataSalt, announce.Expected.Payout, known, announce.Metadata);

    // A full queue empties within moments; the caller's line is worth a few of them. Announcing twice is harmless.
    private async Task<Announced> AppendAsync(Announce announce, CancellationToken cancellation)
    {
        for (var (attempt, wait) = (1, FirstWait); ; attempt++, wait *= 2)
        {
            try
            {
                // An item is answered once: what is tried again is a new one.
                var appended = await appender.AppendAsync(new Announce(announce.Expected, announce.Provider, announce.Policy, announce.Metadata));
                return Announced.Of(announce.Expected, appended, appended.Outcome != AppendOutcome.Conflict || await HasSameMetadataAsync(announce, cancellation));
            }
            catch (AppendUnavailable) when (attempt < AttemptsMax)
            {
                await Task.Delay(wait, clock, cancellation);
            }
            catch (AppendUnavailable)
            {
                return Announced.Refused(Problem.Unavailable("It could not be made permanent now. Send it again.", AppendUnavailable.RetryAfterSeconds));
            }
        }
    }
}

/// <summary>What became of one announcement.</summary>
/// <param name="Status">201 new, 200 the same again, else the problem's.</param>
internal sealed record Announced(int Status, PayoutId? Payout, Problem? Problem)
{
    internal static Announced Refused(Problem problem, PayoutId? payout = null) => new(problem.Kind.Status, payout, problem);

    internal static Announced Of(PayoutExpected expected, Appended appended, bool hasSameMetadata) => appended.Outcome switch
    {
        AppendOutcome.Appended => new Announced(StatusCodes.Status201Created, expected.Payout, null),
        AppendOutcome.AlreadySo or AppendOutcome.Duplicate => new Announced(StatusCodes.Status200OK, expected.Payout, null),
        AppendOutcome.Conflict => Refused(Conflict(expected, appended.Payout?.Expected, hasSameMetadata), expected.Payout),
        AppendOutcome.Refused => throw new UnreachableException("Only a person's word is refused."),
    };

    private static Problem Conflict(PayoutExpected expected, Expectation? known, bool hasSameMetadata) => new(
        ProblemKind.PayoutConflict,
        $"{expected.Payout} is registered already, with other content. What is registered holds.",
        known is null ? [] : Differences(expected.Expectation, known, hasSameMetadata).ToList());

    private static IEnumerable<FieldProblem> Differences(Expectation now, Expectation known, bool hasSameMetadata)
    {
        if (now.Reference != known.Reference) yield return new FieldProblem("reference", $"Registered as '{known.Reference}'.");
        if (now.Amount.Amount != known.Amount.Amount) yield return new FieldProblem("amount", $"Registered as {known.Amount.AmountText}.");
        if (now.Amount.Currency != known.Amount.Currency) yield return new FieldProblem("currency", $"Registered as {known.Amount.Currency}.");
        if (now.Recipient?.Digest != known.Recipient?.Digest)
            yield return new FieldProblem("recipient", known.Recipient is { } recipient ? $"Registered as {recipient.Masked}." : "Registered without one.");
        if (now.InitiatedAt != known.InitiatedAt)
            yield return new FieldProblem(
                "initiatedAt", known.InitiatedAt is { } at ? $"Registered as {InstantConverter.Text(at)}." : "Registered without one.");
        if (!hasSameMetadata) yield return new FieldProblem("metadata", "Registered with other metadata.");
    }
}
