using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Access.Keys;

/// <summary>A key as somebody wants it. What is wrong is told by field.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Connections">Keys of the connections that exist for it; null: all.</param>
/// <param name="Owner">Id of the user whose key it is; null: a program's own, which is then a person of its own where two have to decide.</param>
/// <param name="ExpiresAt">When it stops; null: when it is revoked.</param>
public sealed record WantedKey(string? Name, IReadOnlyList<string> Scopes, IReadOnlyList<string>? Connections, Guid? Owner, DateTimeOffset? ExpiresAt)
{
    private const int ConnectionsMax = 50;

    public IReadOnlyList<FieldProblem> Problems(DateTimeOffset now)
    {
        var problems = new List<FieldProblem>();
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > ApiKey.NameCharactersMax || Name.Any(char.IsControl) || Name.Any(char.IsSurrogate))
            problems.Add(new FieldProblem("name", $"It has 1 to {ApiKey.NameCharactersMax} characters, none of them a control character."));
        if (Scopes is not { Count: > 0 } || Scopes.Any(scope => !Scope.All.Contains(scope)) || Scopes.Distinct().Count() != Scopes.Count)
            problems.Add(new FieldProblem("scopes", $"One or more, each once, of: {string.Join(", ", Scope.All)}."));
        if (Connections is { } keys && (keys.Count is 0 or > ConnectionsMax || keys.Any(key => !ConnectionKey.TryParse(key, out _)) || keys.Distinct().Count() != keys.Count))
            problems.Add(new FieldProblem("connections", $"1 to {ConnectionsMax} keys of connections, each once; leave it out for all."));
        if (ExpiresAt <= now) problems.Add(new FieldProblem("expiresAt", "It lies in the past."));
        return problems;
    }
}
