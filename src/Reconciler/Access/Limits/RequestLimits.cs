using System.Threading.RateLimiting;
using Reconciler.Access.Audit;
using Reconciler.Hosting;

namespace Reconciler.Access.Limits;

/// <summary>How often one key or user may call. One bucket each, and there are only so many of them.</summary>
internal sealed class RequestLimits(LimitOptions options, DeniedLog denied) : IDisposable
{
    private const int SecondsPerMinute = 60;

    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(
        caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.RequestsPerMinute,
            TokensPerPeriod = Math.Max(1, options.RequestsPerMinute / SecondsPerMinute),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, SecondsPerMinute / options.RequestsPerMinute)),
            QueueLimit = 0,
            AutoReplenishment = true,
        }));

    internal Task KeepAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Actor() is not { } actor) return next(context);
        using var lease = limiter.AttemptAcquire(actor.Reference);
        if (lease.IsAcquired) return next(context);
        denied.Note(actor, context, StatusCodes.Status429TooManyRequests);
        return new Problem(
            ProblemKind.TooMany, $"This caller has {options.RequestsPerMinute} requests a minute on each node.",
            retryAfterSeconds: LimitOptions.RetryAfterSeconds(lease)).ExecuteAsync(context);
    }

    public void Dispose() => limiter.Dispose();
}
