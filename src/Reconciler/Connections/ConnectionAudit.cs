using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>Records a change of a connection in the transaction that makes it. Secrets show as ***.</summary>
internal sealed class ConnectionAudit(AuditLog log, Actor actor)
{
    public Task PutAsync(ConnectionWriting writing, ConnectionKey key, PutOutcome outcome, CancellationToken cancellation) =>
        log.RecordAsync(
            writing.Connection, actor, outcome.Kind == PutKind.Created ? "connection.created" : "connection.changed", Subject(key),
            outcome.Before, outcome.Row?.Document, null, cancellation);

    public Task AmendAsync(ConnectionWriting writing, ConnectionKey key, string act, PutOutcome outcome, string? why, CancellationToken cancellation) =>
        log.RecordAsync(writing.Connection, actor, act, Subject(key), outcome.Before, outcome.Row?.Document, why, cancellation);

    /// <summary>What was done with a connection without changing it.</summary>
    public Task DoneAsync(ConnectionKey key, string act, object found, CancellationToken cancellation) =>
        log.RecordAsync(actor, act, Subject(key), null, found, null, cancellation);

    public Task DeleteAsync(ConnectionWriting writing, ConnectionKey key, ConnectionDocument? before, CancellationToken cancellation) =>
        log.RecordAsync(writing.Connection, actor, "connection.deleted", Subject(key), before, null, null, cancellation);

    private static string Subject(ConnectionKey key) => $"connection:{key}";
}
