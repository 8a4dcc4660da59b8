using Npgsql;
using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;
using Reconciler.Telemetry;

namespace Reconciler.Polling;

/// <summary>Asks about one payout and makes the answer permanent. What a fault does stands here, and nowhere else.</summary>
internal static partial class PollPayoutHandler
{
    /// <summary>The longest wait that a provider's Retry-After can impose.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    private static readonly TimeSpan RetryAfterUnnamed = TimeSpan.FromSeconds(30);

    /// <summary>Never throws but for the caller's stop; a lease that could not be given back ends by itself.</summary>
    /// <returns>What became of the payout; null where there was no answer, or it could not be made permanent.</returns>
    internal static async Task<Appended?> Handle(PollPayout poll, PollContext context, CancellationToken cancellation)
    {
        using var span = Measures.Source.StartActivity("poll");
        var connection = context.Connection;
        span?.SetTag("connection", connection.Settings.Key.ToString());
        span?.SetTag("payout", poll.Payout.StreamId);
        try
        {
            var answer = await context.Pipeline.AskAsync(
                connection, new StatusQuestion(poll.Payout.ProviderPayoutId, poll.PollsSinceHeard + poll.FaultsInARow), cancellation);
            var answered = Answered(poll, answer, context);
            Measures.Poll(connection.Settings.Key, Outcome(answered));
            span?.SetTag("outcome", Outcome(answered));
            return await context.Appender.AppendAsync(
                new KeepAnswer(Kept(connection, poll, answer, answered), answered, connection.Settings.Polling));
        }
        catch (ProviderFault fault)
        {
            Measures.Poll(connection.Settings.Key, Outcome(fault));
            span?.SetTag("outcome", Outcome(fault));
            NoAnswer(context.Log, poll.Payout.Connection.ToString(), Outcome(fault), fault.Message);
            await NoAnswerAsync(poll, fault, context, cancellation);
        }
        catch (AppendUnavailable fault)
        {
            Measures.Poll(connection.Settings.Key, "not_stored");
            NotStored(context.Log, poll.Payout.Connection.ToString(), fault.Message);
        }
        catch (NpgsqlException fault)
        {
            NotStored(context.Log, poll.Payout.Connection.ToString(), fault.Message);
        }

        return null;
    }

    private static PollAnswered Answered(PollPayout poll, StatusAnswer answer, PollContext context)
    {
        var (observation, problem) = answer.Reading switch
        {
            Reading.Observed { Statement: var said } when said.ProviderPayoutId == poll.Payout.ProviderPayoutId =>
                (said.Masked(context.Installation.Mask), (string?)null),
            Reading.Observed => (null, "another_payout"),
            Reading.Unreadable unreadable => (null, unreadable.Reason),
            Reading.Ignored ignored => (null, ignored.Reason),
            var reading => throw new System.Diagnostics.UnreachableException(reading.GetType().Name),
        };
        return new PollAnswered(
            poll.Payout, context.Clock.GetUtcNow().ToMicrosecond(), EvidenceDigest.Of(answer.Body), answer.HttpStatus, observation, problem, PastGrace: false);
    }

    private static Evidence Kept(OpenConnection connection, PollPayout poll, StatusAnswer answer, PollAnswered answered) => new(
        connection.Settings.Key, connection.Settings.Provider, answered.Digest, EvidenceKind.Answer, poll.Payout.StreamId, answer.Body,
        answer.ContentType, HeadersJson: null, answer.HttpStatus, VerifiedBy: null, DeliveryId: null, answered.Problem, answered.ObservedAt);

    /// <summary>No observation: it moves nothing but the next try.</summary>
    private static async Task NoAnswerAsync(PollPayout poll, ProviderFault fault, PollContext context, CancellationToken cancellation)
    {
        var now = context.Shared.GetUtcNow();
        var nextPollAt = SilenceSchedule.AfterFault(context.Connection.Settings.Polling, poll.PollsSinceHeard, poll.FaultsInARow + 1, now);
        if (fault is ProviderThrottled throttled)
        {
            await RequestBudgets.HoldUntilAsync(context.Database, poll.Payout.Connection, now + WaitAfter(throttled), cancellation);
        }

        await context.Due.GiveBackAsync(poll, nextPollAt, cancellation);
    }

    /// <summary>What the provider asked for, within our bound.</summary>
    internal static TimeSpan WaitAfter(ProviderThrottled throttled) =>
        throttled.RetryAfter is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, RetryAfterMax.Ticks)) : RetryAfterUnnamed;

    private static string Outcome(PollAnswered answered) =>
        answered.Observation?.Status.Word() ?? (answered.Problem == "another_payout" ? "another_payout" : "unreadable");

    private static string Outcome(ProviderFault fault) => fault switch
    {
        ProviderThrottled => "throttled",
        ProviderRefused => "refused",
        _ => "unavailable",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "{Connection}: no answer to a poll ({Outcome}): {Trouble}")]
    private static partial void NoAnswer(ILogger log, string connection, string outcome, string trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Connection}: a poll's outcome could not be stored; its lease ends by itself: {Trouble}")]
    private static partial void NotStored(ILogger log, string connection, string trouble);
}

/// <summary>What a poll works with.</summary>
/// <param name="Clock">This node's own.</param>
/// <param name="Shared">See <see cref="SharedClock"/>.</param>
internal sealed record PollContext(
    OpenConnection Connection,
    PollPipeline Pipeline,
    Appender Appender,
    DuePayouts Due,
    Installation Installation,
    NpgsqlDataSource Database,
    TimeProvider Clock,
    TimeProvider Shared,
    ILogger Log);
