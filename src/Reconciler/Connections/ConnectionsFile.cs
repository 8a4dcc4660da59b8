using System.Text.Json;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Core;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// The file of <c>Reconciler:ConnectionsFile</c>, applied at each start: all of it or nothing. What it does not name stays;
/// what is in the database as it says is not written again.
/// </summary>
internal sealed class ConnectionsFile(ConnectionStore store, ConnectionEditor editor, ILogger<ConnectionsFile> logger, AuditLog? audit = null)
{
    private const int BytesMax = 4 * 1024 * 1024;

    /// <exception cref="InstallationFault">Names the file, and each connection and field that is wrong.</exception>
    public async Task ApplyAsync(string file, CancellationToken cancellation)
    {
        using var json = await ReadAsync(file, cancellation);
        var problems = new List<string>();
        var given = Connections(file, json.RootElement, problems);
        await using var writing = await store.BeginAsync(cancellation);
        var outcomes = new List<PutOutcome>();
        var audited = audit is null ? null : new ConnectionAudit(audit, Actor.Service("connections-file"));
        foreach (var (key, element) in given)
        {
            var wrong = new List<SettingProblem>();
            var outcome = await editor.PutAsync(writing, key, GivenConnection.Read(element, wrong), wrong, cancellation);
            foreach (var (field, problem) in outcome.Problems) problems.Add($"{$"connections.{key}.{field}".TrimEnd('.')}: {problem}");
            outcomes.Add(outcome);
        }

        if (problems.Count > 0) throw new InstallationFault($"Nothing of '{file}' was applied:\n  {string.Join("\n  ", problems)}");
        foreach (var outcome in outcomes.Where(outcome => outcome.Kind is PutKind.Created or PutKind.Changed))
            if (audited is not null) await audited.PutAsync(writing, outcome.Row!.Key, outcome, cancellation);
        await writing.CommitAsync(cancellation);
        int Count(PutKind kind) => outcomes.Count(outcome => outcome.Kind == kind);
        ConnectionLog.FileApplied(logger, file, Count(PutKind.Created), Count(PutKind.Changed), Count(PutKind.Same));
    }

    private static async Task<JsonDocument> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > BytesMax })
                throw new InstallationFault($"'{file}' is larger than {BytesMax} bytes.");
            return JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellation), new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = 16,
            });
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InstallationFault($"'{file}' of Reconciler__ConnectionsFile cannot be read: {unreadable.Message}", unreadable);
        }
        catch (JsonException invalid)
        {
            throw new InstallationFault($"'{file}' is no JSON, or a member stands in it twice (line {invalid.LineNumber + 1}).");
        }
    }

    private static List<(ConnectionKey Key, JsonElement Json)> Connections(string file, JsonElement root, List<string> problems)
    {
        JsonElement connections = default;
        var isFile = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("connections", out connections);
        if (!isFile || connections.ValueKind != JsonValueKind.Object)
            throw new InstallationFault($"'{file}' must hold an object {{\"connections\": {{\"key\": {{…}}}}}}.");
        foreach (var other in root.EnumerateObject().Where(member => member.Name != "connections"))
            problems.Add($"{other.Name}: There is no such setting.");
        var given = new List<(ConnectionKey, JsonElement)>();
        foreach (var member in connections.EnumerateObject())
        {
            if (ConnectionKey.TryParse(member.Name, out var key)) given.Add((key, member.Value));
            else problems.Add($"connections.{member.Name}: {EditConnections.KeyRule}");
        }

        return given;
    }
}
