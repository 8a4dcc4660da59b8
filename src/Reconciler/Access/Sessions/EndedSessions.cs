using Npgsql;

namespace Reconciler.Access.Sessions;

/// <summary>Sessions that somebody signed out of: a copy of their cookie opens nothing, on any node.</summary>
internal static class EndedSessions
{
    private const string Insert = """
        insert into reconciler.ended_sessions (id, ended_at) values ($1, $2) on conflict do nothing
        """;

    // What cannot live any more anyhow need not be remembered, so the table stays as small as a day's sign-outs.
    private const string Forget = "delete from reconciler.ended_sessions where ended_at < $1";

    internal static async Task<List<Guid>> AllAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select id from reconciler.ended_sessions", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var ended = new List<Guid>();
        while (await rows.ReadAsync(cancellation)) ended.Add(rows.GetGuid(0));
        return ended;
    }

    internal static async Task AddAsync(AccessWriting writing, Guid session, DateTimeOffset now, CancellationToken cancellation)
    {
        await using (var insert = writing.Command(Insert, session, now)) await insert.ExecuteNonQueryAsync(cancellation);
        await using var forget = writing.Command(Forget, now - SessionCookie.LifetimeMax);
        await forget.ExecuteNonQueryAsync(cancellation);
    }
}
