using Npgsql;
using Reconciler.Access.Audit;
using Reconciler.Core;

namespace Reconciler.Access.Users;

/// <summary>Makes and changes users; each change is audited in its own transaction, and in use on this node when it returns.</summary>
internal sealed class UserStore(
    NpgsqlDataSource database, AccessDirectory directory, Passwords passwords, AuditLog audit, TimeProvider clock)
{
    /// <summary>By name.</summary>
    public async Task<List<User>> AllAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await UserRows.AllAsync(connection, cancellation);
    }

    public async Task<User?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"select {UserRows.Columns} from reconciler.users where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return (await UserRows.ReadAsync(command, cancellation)).SingleOrDefault();
    }

    /// <summary>Null where the name is taken, or there are as many users as there may be.</summary>
    /// <param name="mustChange">Where somebody else knows the password.</param>
    public async Task<User?> AddAsync(Actor by, string name, Role role, string password, bool mustChange, CancellationToken cancellation)
    {
        var hash = passwords.Hash(password);
        await using var writing = await AccessWriting.BeginAsync(database, cancellation);
        await using var insert = writing.Command($"""
            insert into reconciler.users (id, name, role, password_hash, stamp, must_change_password, created_at, created_by, password_changed_at)
            select $1, $2, $3, $4, $5, $6, $7, $8, $7 where (select count(*) from reconciler.users) < {UserRows.UsersMax}
            on conflict (name) do nothing {UserRows.Returning}
            """, Guid.CreateVersion7(), name, role.Word(), hash, Guid.CreateVersion7(), mustChange, clock.GetUtcNow(), by.Reference);
        if ((await UserRows.ReadAsync(insert, cancellation)).SingleOrDefault() is not { } user) return null;
        await audit.RecordAsync(writing.Connection, by, "user.created", Subject(user.Id), null, Shown(user), null, cancellation);
        await writing.CommitAsync(cancellation);
        await directory.RefreshAsync(cancellation);
        return user;
    }

    /// <summary>Changes the role. The stamp stays: what a user may do is looked up at each request anyway.</summary>
    public Task<UserChange> ChangeRoleAsync(Actor by, Guid id, Role role, CancellationToken cancellation) =>
        ChangeAsync(by, "user.role_changed", id, "role = $2", [role.Word()], cancellation);

    /// <summary>Disables, which ends all sessions.</summary>
    public Task<UserChange> DisableAsync(Actor by, Guid id, CancellationToken cancellation) =>
        ChangeAsync(by, "user.disabled", id, "disabled_at = coalesce(disabled_at, $2), stamp = $3", [clock.GetUtcNow(), Guid.CreateVersion7()], cancellation);

    public Task<UserChange> EnableAsync(Actor by, Guid id, CancellationToken cancellation) =>
        ChangeAsync(by, "user.enabled", id, "disabled_at = null, failed_attempts = 0, locked_until = null", [], cancellation);

    /// <summary>Sets a password that somebody else chose, so that it must be changed at once. Ends all sessions and any lock.</summary>
    public Task<UserChange> ResetPasswordAsync(Actor by, Guid id, string password, CancellationToken cancellation) => ChangeAsync(
        by, "user.password_reset", id,
        "password_hash = $2, stamp = $3, must_change_password = true, failed_attempts = 0, locked_until = null",
        [passwords.Hash(password), Guid.CreateVersion7()], cancellation);

    /// <summary>Sets a password that its own user chose. Ends all sessions, that of the caller too.</summary>
    public async Task<User?> ChangePasswordAsync(Actor by, Guid id, string password, CancellationToken cancellation)
    {
        var changed = await ChangeAsync(
            by, "user.password_changed", id,
            "password_hash = $2, stamp = $3, password_changed_at = $4, must_change_password = false",
            [passwords.Hash(password), Guid.CreateVersion7(), clock.GetUtcNow()], cancellation);
        return changed.User;
    }

    internal static string Subject(Guid id) => $"user:{id}";

    private async Task<UserChange> ChangeAsync(Actor by, string act, Guid id, string set, object?[] values, CancellationToken cancellation)
    {
        await using var writing = await AccessWriting.BeginAsync(database, cancellation);
        await using var find = writing.Command($"select {UserRows.Columns} from reconciler.users where id = $1", id);
        if ((await UserRows.ReadAsync(find, cancellation)).SingleOrDefault() is not { } before) return new UserChange(null, false);
        await using var change = writing.Command($"update reconciler.users set {set} where id = $1 {UserRows.Returning}", [id, .. values]);
        var after = (await UserRows.ReadAsync(change, cancellation)).Single();

        // Somebody must be left who can give others their roles back.
        if (IsAdmin(before) && !IsAdmin(after))
        {
            await using var others = writing.Command($"""
                select exists (select from reconciler.users where role = '{Role.Admin.Word()}' and disabled_at is null)
                """);
            if (!(bool)(await others.ExecuteScalarAsync(cancellation))!) return new UserChange(before, true);
        }

        await audit.RecordAsync(writing.Connection, by, act, Subject(id), Shown(before), Shown(after), null, cancellation);
        await writing.CommitAsync(cancellation);
        await directory.RefreshAsync(cancellation);
        return new UserChange(after, false);
    }

    private static bool IsAdmin(User user) => user is { Role: Role.Admin, DisabledAt: null };

    private static object Shown(User user) => new { user.Name, user.Role, user.MustChangePassword, user.PasswordChangedAt, user.DisabledAt };
}

/// <param name="User">Null: there is no such user.</param>
/// <param name="WasLastAdmin">Nothing was changed, since nobody would be left to administer.</param>
internal sealed record UserChange(User? User, bool WasLastAdmin);
