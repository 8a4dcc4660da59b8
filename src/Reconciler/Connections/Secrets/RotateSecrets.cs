using System.Text.Json;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>The three steps of changing a webhook secret: add, both accepted, retire. In use on every node within five seconds.</summary>
internal sealed class RotateSecrets(ConnectionEditor editor, ConnectionRegistry registry, DeliveryTally tally, ConnectionStore store, TimeProvider clock)
{
    public async Task<(SecretList? Secrets, Problem? Problem)> ShowAsync(ConnectionKey key, CancellationToken cancellation)
    {
        await tally.WriteAsync(cancellation);
        if (await store.FindAsync(key, cancellation) is not { } row) return (null, ReadConnections.Unknown(key.ToString()));
        return editor.Stored(row) is ({ }, var secrets)
            ? (SecretList.Of(secrets.Webhook, await store.VerifiersAsync(key, cancellation), clock.GetUtcNow()), null)
            : (null, ReadConnections.Unreadable(key.ToString()));
    }

    public async Task<Problem?> AddAsync(ConnectionKey key, ReadOnlyMemory<byte> json, ConnectionAudit audit, CancellationToken cancellation)
    {
        var problems = new List<SettingProblem>();
        if (Read(json, problems) is not { } added || problems.Count > 0) return Invalid(problems);
        if (added.Secret is null) return Problem.Invalid("secret", "The secret itself is needed.");
        return await AmendAsync(key, "connection.secret_added", null, audit, (_, document, secrets) => Task.FromResult(
            secrets.Webhook.Any(known => known.Id == added.Id)
                ? (null, new Problem(ProblemKind.SecretExists, $"'{key}' has a secret '{added.Id}' already. A new secret gets an id of its own."))
                : (With(document, [.. secrets.Webhook.Select(GivenSecret.Kept), added]), (Problem?)null)), cancellation);
    }

    /// <param name="isForced">Whether what is still signed with it may be refused from here on.</param>
    public Task<Problem?> RetireAsync(ConnectionKey key, string id, bool isForced, ConnectionAudit audit, CancellationToken cancellation) =>
        AmendAsync(key, "connection.secret_retired", isForced ? $"{id}, forced" : id, audit, async (writing, document, secrets) =>
        {
            await tally.WriteAsync(cancellation);
            if (secrets.Webhook.FirstOrDefault(known => known.Id == id) is not { } retired)
                return (null, new Problem(ProblemKind.SecretUnknown, $"'{key}' has no secret '{id}'."));
            var use = (await writing.VerifiersAsync(key, cancellation)).FirstOrDefault(one => one.Verifier == id);
            var refusal = isForced ? null : SecretRotation.Refusal(secrets.Webhook, retired, use?.LastUsedAt, clock.GetUtcNow());
            return refusal is null
                ? (With(document, [.. secrets.Webhook.Where(known => known.Id != id).Select(GivenSecret.Kept)]), null)
                : (null, new Problem(ProblemKind.SecretInUse, $"{refusal} With force=true it is retired now."));
        }, cancellation);

    private async Task<Problem?> AmendAsync(
        ConnectionKey key, string act, string? why, ConnectionAudit audit, Amendment amendment, CancellationToken cancellation)
    {
        var (outcome, problem) = await editor.AmendAsync(key, amendment, act, why, audit, cancellation);
        if (problem is not null) return problem;
        if (outcome!.Row is null) return Invalid(outcome.Problems);
        await registry.RefreshAsync(cancellation);
        return null;
    }

    private static GivenConnection With(ConnectionDocument document, IReadOnlyList<GivenSecret> secrets) => new(document, null, secrets);

    private static GivenSecret? Read(ReadOnlyMemory<byte> json, List<SettingProblem> problems)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, GivenConnection.Strict);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object) return GivenSecret.Read(new MemberReader(parsed.RootElement, "", problems));
            problems.Add(new SettingProblem("", "A JSON object {id, secret, notBefore?, notAfter?} is needed."));
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            problems.Add(new SettingProblem("", "This is no JSON, or a member stands in it twice."));
        }

        return null;
    }

    // The rules name a secret by its place in the whole document; here one was sent.
    private static Problem Invalid(IEnumerable<SettingProblem> problems) => Problem.Invalid(
        [.. problems.Select(problem => new FieldProblem(problem.Field[(problem.Field.LastIndexOf("].", StringComparison.Ordinal) is var at and > 0 ? at + 2 : 0)..], problem.Problem))]);
}
