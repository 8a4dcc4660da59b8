using Npgsql;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Polling;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>Asks the provider for an id that cannot exist, within the budget, and says in words what is right or wrong.</summary>
internal sealed class CheckConnection(
    ConnectionRegistry registry, NpgsqlDataSource database, TimeProvider clock, [FromKeyedServices(SharedClock.Name)] TimeProvider shared)
{
    // A well-formed UUID, since two of the five refuse anything else; nobody draws this one.
    private const string ImpossibleId = "00000000-0000-4000-8000-000000000000";

    /// <summary>A token exchange, the question, and both once more after a 401.</summary>
    private const int RequestsMax = 4;

    /// <returns>The answer, or why nothing was asked.</returns>
    public async Task<(CheckAnswer? Answer, Problem? Problem)> AskAsync(OpenConnection connection, CancellationToken cancellation)
    {
        var settings = connection.Settings;
        var grant = await RequestBudgets.TakeOneAsync(database, settings, shared.GetUtcNow(), cancellation);
        if (grant.Requests == 0) return (null, Spent(grant.NotBefore));

        AskedProvider? recorder = null;
        using var door = registry.Http.GuardFor(settings.Environment, settings.Api.BaseUrl).CreateInvoker(1, stream => recorder!.Connected(stream));
        using var named = new HttpMessageInvoker(new NamedHost(door, settings.Api.BaseUrl));
        var asked = recorder = new AskedProvider(named, MayAskAsync, clock);
        using var http = new HttpMessageInvoker(asked);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(settings.Polling.Timeout * 2);
        var (startedAt, begun) = (clock.GetUtcNow(), clock.GetTimestamp());
        var (answer, fault) = await AskAsync(connection, http, patience.Token, cancellation);
        if (fault is ProviderThrottled throttled)
            await RequestBudgets.HoldUntilAsync(database, settings.Key, shared.GetUtcNow() + PollPayoutHandler.WaitAfter(throttled), cancellation);
        var findings = CheckFindings.Of(settings, asked, answer, fault, startedAt);
        return (new CheckAnswer(
            findings.All(finding => finding.Verdict != CheckVerdict.Wrong) && answer is not null, startedAt,
            (int)clock.GetElapsedTime(begun).TotalMilliseconds, asked.Requests, findings), null);

        // The first one is taken already.
        async Task<bool> MayAskAsync(CancellationToken stop) =>
            recorder!.Requests < RequestsMax
            && (recorder.Requests == 0 || (await RequestBudgets.TakeOneAsync(database, settings, shared.GetUtcNow(), stop)).Requests == 1);
    }

    private async Task<(StatusAnswer? Answer, Exception? Fault)> AskAsync(
        OpenConnection connection, HttpMessageInvoker http, CancellationToken patience, CancellationToken cancellation)
    {
        try
        {
            // Opened anew, so that nothing that polls have kept (a token) stands in for what the credentials do now.
            var provider = connection.Definition.Open(connection.Settings, http, clock);
            return (await provider.AskAsync(new StatusQuestion(ImpossibleId, 0), patience), null);
        }
        catch (Exception fault) when (fault is ProviderFault or BudgetSpent)
        {
            return (null, fault);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            return (null, late);
        }
    }

    private Problem Spent(DateTimeOffset? notBefore)
    {
        var seconds = notBefore is { } at ? Math.Max(1, (int)Math.Ceiling((at - shared.GetUtcNow()).TotalSeconds)) : 1;
        return new Problem(ProblemKind.TooMany, "The provider's budget or its own word forbids another request now.", retryAfterSeconds: seconds);
    }

    internal static async Task<IResult> HandleAsync(
        string key, HttpContext context, ConnectionRegistry registry, CheckConnection check, AuditLog audit, CancellationToken cancellation)
    {
        if (registry.Find(key) is not { } connection) return ReadConnections.Unknown(key);
        var (answer, problem) = await check.AskAsync(connection, cancellation);
        if (answer is null) return problem!;
        await new ConnectionAudit(audit, context.Actor()).DoneAsync(connection.Settings.Key, "connection.checked", answer, cancellation);
        return TypedResults.Json(answer, JsonShapes.Answered);
    }
}

/// <param name="Ok">Whether the provider answered as documented, and nothing is wrong.</param>
/// <param name="Requests">That were made and charged to the budget.</param>
public sealed record CheckAnswer(bool Ok, DateTimeOffset At, int Milliseconds, int Requests, IReadOnlyList<CheckFinding> Findings);
