namespace Reconciler.Hosting;

/// <summary>What a key may do.</summary>
public static class Scope
{
    public const string PayoutsWrite = "payouts:write";
    public const string FinanceRead = "finance:read";
    public const string FinanceResolve = "finance:resolve";
    public const string FinanceApprove = "finance:approve";
    public const string LedgerRead = "ledger:read";
    public const string Admin = "admin";

    internal const string ClaimType = "scope";

    public static IReadOnlyList<string> All { get; } = [PayoutsWrite, FinanceRead, FinanceResolve, FinanceApprove, LedgerRead, Admin];

    /// <summary>Answers 401 to callers without a valid key and 403 to keys without the scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder routes, string scope) where TBuilder : IEndpointConventionBuilder =>
        routes
            .RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimType, scope))
            .WithMetadata(new RequiredScope(scope));
}

/// <summary>The scope that a route needs, for its description.</summary>
public sealed record RequiredScope(string Scope);
