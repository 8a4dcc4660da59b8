using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Access.Users;

/// <summary>What a person may do, in one word.</summary>
public enum Role
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Reads, asks providers now, proposes resolutions.</summary>
    Analyst,

    /// <summary>As an analyst, and approves what somebody else proposed.</summary>
    Approver,

    /// <summary>Everything: connections, keys, users, the audit log.</summary>
    Admin,
}

public static class RoleScopes
{
    public static IReadOnlyList<string> Scopes(this Role role) => role switch
    {
        Role.Viewer => [Scope.FinanceRead],
        Role.Analyst => [Scope.FinanceRead, Scope.FinanceResolve],
        Role.Approver => [Scope.FinanceRead, Scope.FinanceResolve, Scope.FinanceApprove],
        Role.Admin => Scope.All,
    };

    /// <summary>What a role is for, to choose by.</summary>
    public static string Says(this Role role) => role switch
    {
        Role.Viewer => "reads",
        Role.Analyst => "reads, asks providers, proposes resolutions",
        Role.Approver => "as an analyst, and approves what others proposed",
        Role.Admin => "everything, with connections, keys, users and the audit log",
    };

    internal static string Words => string.Join(", ", EnumWords<Role>.All);
}
