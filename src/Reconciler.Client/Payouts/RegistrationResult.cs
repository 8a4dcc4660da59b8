namespace Reconciler.Client;

/// <summary>What became of one registration.</summary>
/// <param name="Status">As HTTP says it: 201 new, 200 the same again, 409 other content is registered, 422 invalid, 5xx not done.</param>
/// <param name="Id"><c>{connection}/{the provider's payout id}</c>, where it could be read.</param>
/// <param name="Problem">Why it was refused; null where it was not.</param>
public sealed record RegistrationResult(ExpectedPayout Payout, int Status, string? Id, ProblemDetails? Problem)
{
    /// <summary>It is registered with this very content, now or before.</summary>
    public bool IsRegistered => Status is 200 or 201;
}
