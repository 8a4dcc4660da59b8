using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>Puts and deletes connections: checks, keeps what a PUT leaves unsaid, and writes only what changes.</summary>
internal sealed class ConnectionEditor(ConnectionStore store, Installation installation)
{
    // Whatever its time: another value under the same id is another secret.
    private static readonly IEqualityComparer<WebhookSecret> SameSecret =
        EqualityComparer<WebhookSecret>.Create((one, other) => one?.Id == other?.Id && one?.Secret == other?.Secret, secret => secret.Id.GetHashCode(StringComparison.Ordinal));

    /// <param name="audited">Who does it, recorded in the same transaction; null where nobody asks.</param>
    public async Task<PutOutcome> PutAsync(
        ConnectionKey key, ReadOnlyMemory<byte> json, CancellationToken cancellation, ConnectionAudit? audited = null)
    {
        var problems = new List<SettingProblem>();
        var given = GivenConnection.Read(json, problems);
        await installation.RefreshAsync(cancellation);
        await using var writing = await store.BeginAsync(cancellation);
        var outcome = await PutAsync(writing, key, given, problems, cancellation);
        if (outcome.Kind is not (PutKind.Created or PutKind.Changed)) return outcome;
        if (audited is not null) await audited.PutAsync(writing, key, outcome, cancellation);
        await writing.CommitAsync(cancellation);
        return outcome;
    }

    /// <summary>Puts one connection in a transaction that the caller commits.</summary>
    /// <param name="problems">What reading it found wrong already.</param>
    public async Task<PutOutcome> PutAsync(
        ConnectionWriting writing, ConnectionKey key, GivenConnection? given, List<SettingProblem> problems, CancellationToken cancellation)
    {
        if (given is null) return new PutOutcome(PutKind.Refused, null, problems);
        var row = await writing.FindAsync(key, cancellation);
        var (stored, secrets) = Stored(row);
        var decision = ConnectionDecision.Of(key, given, stored, secrets);
        problems.AddRange(decision.Problems);
        if (problems.Count > 0 || decision.Document is not { } document)
            return new PutOutcome(PutKind.Refused, null, [.. problems.DistinctBy(problem => problem.Field)]);
        if (stored is not null && stored.Text() == document.Text() && secrets.SameAs(decision.Secrets))
            return new PutOutcome(PutKind.Same, row, []);
        var gone = secrets.Webhook.Except(decision.Secrets.Webhook, SameSecret).Select(secret => secret.Id);
        await writing.ForgetVerifiersAsync(key, [.. gone], cancellation);
        var written = await writing.PutAsync(key, document, installation.Secrets.Seal(key, decision.Secrets), cancellation);
        return new PutOutcome(row is null ? PutKind.Created : PutKind.Changed, written, []) { Before = stored };
    }

    /// <summary>Changes what is stored by what is stored, in one transaction, so that nobody's change is lost.</summary>
    /// <param name="amendment">What it shall be, or why not.</param>
    /// <param name="act">For the audit log.</param>
    public async Task<(PutOutcome? Outcome, Problem? Problem)> AmendAsync(
        ConnectionKey key, Amendment amendment, string act, string? why, ConnectionAudit audited, CancellationToken cancellation)
    {
        await installation.RefreshAsync(cancellation);
        await using var writing = await store.BeginAsync(cancellation);
        if (await writing.FindAsync(key, cancellation) is not { } row) return (null, ReadConnections.Unknown(key.ToString()));
        if (Stored(row) is not ({ } stored, var secrets)) return (null, ReadConnections.Unreadable(key.ToString()));
        var (given, problem) = await amendment(writing, stored, secrets);
        if (given is null) return (null, problem);
        var outcome = await PutAsync(writing, key, given, [], cancellation);
        if (outcome.Kind != PutKind.Changed) return (outcome, null);
        await audited.AmendAsync(writing, key, act, outcome, why, cancellation);
        await writing.CommitAsync(cancellation);
        return (outcome, null);
    }

    public async Task<DeleteOutcome> DeleteAsync(ConnectionKey key, CancellationToken cancellation, ConnectionAudit? audited = null)
    {
        await using var writing = await store.BeginAsync(cancellation);
        if (await writing.FindAsync(key, cancellation) is not { } row) return DeleteOutcome.Unknown;
        if (await writing.HasHistoryAsync(key, cancellation)) return DeleteOutcome.HasPayouts;
        await writing.DeleteAsync(key, cancellation);
        if (audited is not null) await audited.DeleteAsync(writing, key, Stored(row).Document, cancellation);
        await writing.CommitAsync(cancellation);
        return DeleteOutcome.Deleted;
    }

    /// <summary>A row that this node cannot read counts as none: putting the connection anew is how it is repaired.</summary>
    public (ConnectionDocument? Document, ConnectionSecrets Secrets) Stored(ConnectionRow? row)
    {
        try
        {
            if (row is null) return (null, ConnectionSecrets.None);
            var document = row.Document;
            return (document, installation.Secrets.Open(row.Key, row.SealedSecrets).Within(document));
        }
        catch (Exception unreadable) when (unreadable is JsonException or CryptographicException)
        {
            return (null, ConnectionSecrets.None);
        }
    }
}

/// <summary>What a stored connection shall become, or why it stays.</summary>
internal delegate Task<(GivenConnection? Given, Problem? Problem)> Amendment(
    ConnectionWriting writing, ConnectionDocument stored, ConnectionSecrets secrets);

internal enum PutKind
{
    Created,
    Changed,
    Same,
    Refused,
}

/// <param name="Row">As it stands now; null when refused.</param>
internal sealed record PutOutcome(PutKind Kind, ConnectionRow? Row, IReadOnlyList<SettingProblem> Problems)
{
    /// <summary>As it stood; null where there was none, or none that could be read.</summary>
    public ConnectionDocument? Before { get; init; }
}

internal enum DeleteOutcome
{
    Deleted,
    Unknown,
    HasPayouts,
}
