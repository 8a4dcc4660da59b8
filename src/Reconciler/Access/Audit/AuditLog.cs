using System.Text;
using System.Text.Json;
using Npgsql;
using Reconciler.Connections;
using Reconciler.Core;

namespace Reconciler.Access.Audit;

/// <summary>Records who did what: added to, never changed, each entry chained to the one before it.</summary>
public sealed partial class AuditLog(NpgsqlDataSource database, Installation installation, TimeProvider clock, ILogger<AuditLog> log)
{
    internal const int ActCharactersMax = 60;
    internal const int SubjectCharactersMax = 500;
    internal const int WhyCharactersMax = 2_000;
    private const int JsonCharactersMax = 64 * 1024;
    private const int ActorCharactersMax = 100;

    /// <summary>Records an act in a transaction of its own: for what is not in the database, or cannot be taken back.</summary>
    /// <inheritdoc cref="RecordAsync(NpgsqlConnection, Actor, string, string?, object?, object?, string?, CancellationToken)"/>
    public async Task RecordAsync(
        Actor actor, string act, string? subject, object? before = null, object? after = null, string? why = null,
        CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RecordAsync(connection, actor, act, subject, before, after, why, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>
    /// Records an act in the transaction that the connection is in, so that neither is without the other. As its last statement: the
    /// end of the chain stays locked until the commit, and whoever holds it must not wait for anything else.
    /// </summary>
    /// <param name="act">Noun and past participle, like <c>key.created</c>; at most 60 characters.</param>
    /// <param name="subject">What it was done to, like <c>key:0199…</c>, <c>connection:zopay-live</c> or <c>payout:zopay-live/42</c>.</param>
    /// <param name="before">Written as JSON, without secrets; null where there was nothing.</param>
    /// <param name="after">The same, as it is now.</param>
    /// <param name="why">In the actor's own words.</param>
    public async Task RecordAsync(
        NpgsqlConnection connection, Actor actor, string act, string? subject, object? before, object? after, string? why,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(act.Length, ActCharactersMax, nameof(act));
        var (number, former) = await AuditRows.LockAsync(connection, cancellation);
        var entry = new AuditEntry(
            checked(number + 1),
            clock.GetUtcNow().ToMicrosecond(),
            actor.Kind,
            Kept(actor.Id, ActorCharactersMax)!,
            Kept(actor.Name, ActorCharactersMax)!,
            act,
            Kept(subject, SubjectCharactersMax),
            Json(before),
            Json(after),
            Kept(why, WhyCharactersMax),
            actor.From.Address,
            actor.From.UserAgent);
        var hash = entry.Hash(installation.AuditKey, former);
        await AuditRows.AddAsync(connection, entry, former, hash, cancellation);

        // The log is kept elsewhere: with the hash in it, a chain that lost its end can be told from a whole one.
        Recorded(log, entry.Number, act, actor.Reference, Convert.ToHexStringLower(hash));
    }

    private static string? Json(object? value)
    {
        if (value is null) return null;
        var json = JsonSerializer.Serialize(value, JsonShapes.Stored);
        return json.Length <= JsonCharactersMax ? json : JsonSerializer.Serialize($"{json.Length} characters, too long to be kept here");
    }

    // PostgreSQL keeps no U+0000 and no half of a surrogate pair.
    private static string? Kept(string? text, int charactersMax)
    {
        if (text is null) return null;
        var bounded = text.Length > charactersMax ? text[..charactersMax] : text;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(bounded.Replace("\0", "", StringComparison.Ordinal)));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit {Number}: {Act} by {Actor}, {Hash}")]
    private static partial void Recorded(ILogger log, long number, string act, string actor, string hash);
}
