using Npgsql;
using Reconciler.Access.Audit;

namespace Reconciler.Access.Users;

/// <summary>Checks a name and a password. After a few wrong ones in a row the user is locked for a while, on every node.</summary>
internal sealed class SignInAttempts(NpgsqlDataSource database, Passwords passwords, AuditLog audit, TimeProvider clock)
{
    internal const int FailuresMax = 5;
    internal static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    // Served by the unique name.
    private const string ByName = $"select {UserRows.Columns}, password_hash from reconciler.users where name = $1";

    // One statement: two nodes that fail one user at once count two.
    private const string Failed = """
        update reconciler.users
        set failed_attempts = case when failed_attempts + 1 >= $2 then 0 else failed_attempts + 1 end,
            locked_until = case when failed_attempts + 1 >= $2 then $3 else locked_until end
        where id = $1
        returning locked_until
        """;

    private const string Succeeded = """
        update reconciler.users set failed_attempts = 0, locked_until = null, last_signed_in_at = $2 where id = $1
        """;

    public async Task<SignInResult> TryAsync(string name, string password, CalledFrom from, CancellationToken cancellation)
    {
        var (user, hash) = await FindAsync(name, cancellation);
        var now = clock.GetUtcNow();
        // Whether the lock is on is told to nobody: it would say which names exist.
        var isOpen = user is { DisabledAt: null } && !(user.LockedUntil > now);
        if (await passwords.IsRightAsync(isOpen ? hash : null, password, cancellation) is not { } isRight) return new SignInResult(null, true);
        if (user is not null && isOpen) await CountAsync(user, isRight, now, from, cancellation);
        return new SignInResult(isRight ? user : null, false);
    }

    /// <summary>Whether this is the user's password: for those who are in already, and change it.</summary>
    public async Task<bool> IsRightAsync(Guid id, string password, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select password_hash from reconciler.users where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await passwords.IsRightAsync(await command.ExecuteScalarAsync(cancellation) as string, password, cancellation) == true;
    }

    private async Task<(User? User, string? Hash)> FindAsync(string name, CancellationToken cancellation)
    {
        if (User.NameOf(name) is not { } known) return (null, null);
        await using var command = database.CreateCommand(ByName);
        command.Parameters.Add(new NpgsqlParameter { Value = known });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (UserRows.Of(row), row.GetString(11)) : (null, null);
    }

    private async Task CountAsync(User user, bool isRight, DateTimeOffset now, CalledFrom from, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var by = user.AsActor() with { From = from };
        if (isRight)
        {
            await using var succeeded = new NpgsqlCommand(Succeeded, connection) { Parameters = { new() { Value = user.Id }, new() { Value = now } } };
            await succeeded.ExecuteNonQueryAsync(cancellation);
            await audit.RecordAsync(connection, by, "session.began", by.Reference, null, null, null, cancellation);
        }
        else
        {
            await using var failed = new NpgsqlCommand(Failed, connection)
            {
                Parameters = { new() { Value = user.Id }, new() { Value = FailuresMax }, new() { Value = now + LockedFor } },
            };
            var lockedUntil = await failed.ExecuteScalarAsync(cancellation);
            // A lock is an act of its own. Single failures are told, bounded, by the log of denials.
            if (lockedUntil is DateTime until && until > now.UtcDateTime)
                await audit.RecordAsync(connection, Actor.Nobody(from), "user.locked", by.Reference, null, new { LockedUntil = until }, null, cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }
}

/// <param name="User">Null where name and password do not fit.</param>
/// <param name="IsBusy">It was not even looked at: too many wait.</param>
internal sealed record SignInResult(User? User, bool IsBusy);
