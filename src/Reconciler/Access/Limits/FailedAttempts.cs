using System.Net;
using System.Threading.RateLimiting;

namespace Reconciler.Access.Limits;

/// <summary>
/// Slows down whoever tries keys or passwords, by address. A key that is right is never counted, so that a neighbour behind the same
/// address goes on. Memory is bounded however many addresses come: they share a fixed number of buckets.
/// </summary>
internal sealed class FailedAttempts(LimitOptions options) : IDisposable
{
    private const int Buckets = 16_384;

    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, int>(
        address => RateLimitPartition.GetTokenBucketLimiter(Bucket(address), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.FailedAttemptsPerMinute,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / options.FailedAttemptsPerMinute,
            QueueLimit = 0,
            AutoReplenishment = true,
        }));

    /// <summary>Seconds to wait where the address has failed too often; null where it may try.</summary>
    public int? RetryAfter(string? address)
    {
        // Whole tokens: asked for none, a bucket says yes as soon as the smallest part of one has come back.
        if (limiter.GetStatistics(Key(address)) is not { CurrentAvailablePermits: 0 }) return null;
        return Count(address);
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>Seconds to wait, where it was one too many.</returns>
    public int? Count(string? address)
    {
        using var lease = limiter.AttemptAcquire(Key(address));
        return lease.IsAcquired ? null : LimitOptions.RetryAfterSeconds(lease);
    }

    public void Dispose() => limiter.Dispose();

    // Who has one address of IPv6 has a whole network of them.
    private static string Key(string? address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? Convert.ToHexString(parsed.GetAddressBytes().AsSpan(0, 8))
            : address ?? "";

    // The hash is seeded anew in each process, so that nobody can choose whose bucket to fill.
    private static int Bucket(string key) => (key.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % Buckets;
}
