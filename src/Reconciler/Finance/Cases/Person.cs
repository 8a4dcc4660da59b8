using Npgsql;
using Reconciler.Access;

namespace Reconciler.Finance.Cases;

/// <summary>Somebody who acted on cases, or a key that did.</summary>
/// <param name="Reference">Kind and id, like <c>user:0199…</c>: the same for ever.</param>
/// <param name="Name">What they were last called here.</param>
public sealed record Person(string Reference, string Name)
{
    // Served by the primary key.
    private const string Remember = """
        insert into reconciler.case_people as known (reference, name) values ($1, $2)
        on conflict (reference) do update set name = excluded.name where known.name <> excluded.name
        """;

    internal static Person? Of(string? reference, string? name) => reference is null ? null : new Person(reference, name ?? reference);

    /// <summary>Keeps the name of whoever is about to act: what is recorded names them by their reference alone.</summary>
    internal static async Task<Person> RememberAsync(NpgsqlDataSource database, Actor actor, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Remember);
        command.Parameters.Add(new NpgsqlParameter { Value = actor.PersonReference });
        command.Parameters.Add(new NpgsqlParameter { Value = actor.PersonName });
        await command.ExecuteNonQueryAsync(cancellation);
        return new Person(actor.PersonReference, actor.PersonName);
    }
}
