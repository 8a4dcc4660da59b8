namespace Reconciler.Hosting;

/// <summary>One kind of refusal, by a stable URI that callers may branch on.</summary>
/// <param name="Type">Never changes once published.</param>
/// <param name="Status">The HTTP status, 400 to 599.</param>
/// <param name="Title">The same for every problem of the kind.</param>
public sealed record ProblemKind(string Type, int Status, string Title)
{
    private const string Prefix = "urn:reconciler:problem:";

    public static readonly ProblemKind Malformed = Of("malformed-request", 400, "The request cannot be read");
    public static readonly ProblemKind NotAuthenticated = Of("not-authenticated", 401, "A valid key is needed");
    public static readonly ProblemKind ScopeMissing = Of("scope-missing", 403, "The key may not do this");
    public static readonly ProblemKind FormTokenMissing = Of("form-token-missing", 403, "A session alone may not do this");
    public static readonly ProblemKind RouteUnknown = Of("route-unknown", 404, "Nothing is here");
    public static readonly ProblemKind PayoutUnknown = Of("payout-unknown", 404, "No such payout");
    public static readonly ProblemKind EvidenceUnknown = Of("evidence-unknown", 404, "No such evidence");
    public static readonly ProblemKind DiscrepancyUnknown = Of("discrepancy-unknown", 404, "No such discrepancy");
    public static readonly ProblemKind ProposalUnknown = Of("proposal-unknown", 404, "No such proposal");
    public static readonly ProblemKind ConnectionUnknown = Of("connection-unknown", 404, "No such connection");
    public static readonly ProblemKind SubscriptionUnknown = Of("subscription-unknown", 404, "No such subscription");
    public static readonly ProblemKind SecretUnknown = Of("secret-unknown", 404, "No such secret");
    public static readonly ProblemKind KeyUnknown = Of("key-unknown", 404, "No such key");
    public static readonly ProblemKind PeriodUnknown = Of("period-unknown", 404, "The period is not closed");
    public static readonly ProblemKind MethodNotAllowed = Of("method-not-allowed", 405, "The method is not allowed here");
    public static readonly ProblemKind NotAcceptable = Of("not-acceptable", 406, "There is no such representation");
    public static readonly ProblemKind RequestTimeout = Of("request-timeout", 408, "The request came too slowly");
    public static readonly ProblemKind ConnectionInUse = Of("connection-in-use", 409, "The connection knows payouts");
    public static readonly ProblemKind SecretInUse = Of("secret-in-use", 409, "The secret is still in use");
    public static readonly ProblemKind SecretExists = Of("secret-exists", 409, "There is a secret with this id");
    public static readonly ProblemKind KeysTooMany = Of("keys-too-many", 409, "There are too many keys");
    public static readonly ProblemKind PayoutConflict = Of("payout-conflict", 409, "The payout is registered with other content");
    public static readonly ProblemKind CaseClosed = Of("case-closed", 409, "The case is closed");
    public static readonly ProblemKind ProposalPending = Of("proposal-pending", 409, "Another proposal waits for a decision");
    public static readonly ProblemKind ProposalDecided = Of("proposal-decided", 409, "The proposal does not wait any more");
    public static readonly ProblemKind ProposalStale = Of("proposal-stale", 409, "Something new was said since the proposal");
    public static readonly ProblemKind ProposalExpired = Of("proposal-expired", 409, "The proposal waited too long");
    public static readonly ProblemKind SamePerson = Of("same-person", 409, "Two people have to decide");
    public static readonly ProblemKind PreviewMismatch = Of("preview-mismatch", 409, "It is not what was previewed");
    public static readonly ProblemKind PollInFlight = Of("poll-in-flight", 409, "The provider is being asked already");
    public static readonly ProblemKind FeedPositionAhead = Of("feed-position-ahead", 409, "The position lies beyond the feed's head");
    public static readonly ProblemKind FeedEpochChanged = Of("feed-epoch-changed", 409, "The feed has another history");
    public static readonly ProblemKind SubscriptionsFull = Of("subscriptions-full", 409, "There are as many subscriptions as there may be");
    public static readonly ProblemKind ChangeNotDeferred = Of("change-not-deferred", 409, "The change does not wait");
    public static readonly ProblemKind PeriodClosed = Of("period-closed", 409, "The period is closed already");
    public static readonly ProblemKind PeriodNotOver = Of("period-not-over", 409, "The period is not over");
    public static readonly ProblemKind PayoutNotSettled = Of("payout-not-settled", 409, "The payout is not settled");
    public static readonly ProblemKind EvidenceErased = Of("evidence-erased", 410, "The bytes were erased");
    public static readonly ProblemKind TooLarge = Of("too-large", 413, "The request is too large");
    public static readonly ProblemKind MediaTypeUnsupported = Of("media-type-unsupported", 415, "The content type is not supported");
    public static readonly ProblemKind Invalid = Of("invalid", 422, "The request is invalid");
    public static readonly ProblemKind TooMany = Of("too-many-requests", 429, "Too many requests");
    public static readonly ProblemKind Internal = Of("internal-fault", 500, "A fault of ours");
    public static readonly ProblemKind EvidenceDamaged = Of("evidence-damaged", 500, "The kept bytes do not open");
    public static readonly ProblemKind ProviderSilent = Of("provider-silent", 502, "The provider gave no answer");
    public static readonly ProblemKind ConnectionPaused = Of("connection-paused", 503, "The connection is paused");
    public static readonly ProblemKind Unavailable = Of("unavailable", 503, "It cannot be done now");

    private static readonly ProblemKind[] Plain =
    [
        Malformed, NotAuthenticated, ScopeMissing, RouteUnknown, MethodNotAllowed, NotAcceptable, RequestTimeout, TooLarge,
        MediaTypeUnsupported, Invalid, TooMany, Internal, Unavailable,
    ];

    /// <summary>The kind of a bare status that the framework answered with.</summary>
    public static ProblemKind OfStatus(int status) =>
        Plain.FirstOrDefault(kind => kind.Status == status)
        ?? (status < StatusCodes.Status500InternalServerError ? Malformed with { Status = status } : Internal with { Status = status });

    private static ProblemKind Of(string name, int status, string title) => new(Prefix + name, status, title);
}
