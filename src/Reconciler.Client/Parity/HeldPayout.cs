namespace Reconciler.Client;

/// <summary>How a payout stands in your books.</summary>
/// <param name="Payout"><c>{connection}/{the provider's payout id}</c>.</param>
/// <param name="StatusVersion">The highest that you took.</param>
/// <param name="Status">Compared too, where it is given.</param>
public sealed record HeldPayout(string Payout, long StatusVersion, PayoutStatus? Status = null);

/// <summary>One difference between your books and the service.</summary>
/// <param name="Kind">
/// <c>missing</c> the service has it, you do not; <c>unknown</c> you have it, the subscription does not tell of it; <c>behind</c>,
/// <c>ahead</c> another version; <c>status_differs</c> the same version, another status; <c>bad_line</c> it could not be read.
/// </param>
/// <param name="Yours">Null where you have none.</param>
/// <param name="Theirs">What the service had at your position; null where it had none.</param>
/// <param name="Problem">Of a line that could not be read.</param>
public sealed record ParityDifference(string Kind, string? Payout, HeldStatus? Yours, HeldStatus? Theirs, string? Problem);

/// <param name="Status">Null where it was not given.</param>
public sealed record HeldStatus(long StatusVersion, PayoutStatus? Status);

/// <summary>What came of a comparison that reached its end.</summary>
/// <param name="At">As of which position was compared: what changed after it is no difference.</param>
/// <param name="Compared">Your payouts that were read.</param>
/// <param name="Same">Of these, how many agree.</param>
/// <param name="Differing">All differences, with those that you have no line for.</param>
public sealed record ParityResult(FeedPosition At, long Compared, long Same, long Differing);
