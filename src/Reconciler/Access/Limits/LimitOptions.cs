using System.Threading.RateLimiting;

namespace Reconciler.Access.Limits;

/// <summary>How often callers may call, in the configuration's section <c>Reconciler:Limits</c>.</summary>
public sealed class LimitOptions
{
    private const int LeastPerMinute = 1;
    private const int MostPerMinute = 100_000_000;

    /// <summary>Of one key or user, on one node, per minute; that many may also come at once.</summary>
    public int RequestsPerMinute { get; set; } = 60_000;

    /// <summary>Keys and passwords that are wrong, from one address, on one node, per minute.</summary>
    public int FailedAttemptsPerMinute { get; set; } = 30;

    /// <exception cref="InvalidOperationException">A number is out of range.</exception>
    public static LimitOptions Of(IConfiguration configuration)
    {
        var options = configuration.GetSection("Reconciler:Limits").Get<LimitOptions>() ?? new LimitOptions();
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)
            [(nameof(RequestsPerMinute), options.RequestsPerMinute), (nameof(FailedAttemptsPerMinute), options.FailedAttemptsPerMinute)])
        {
            if (value is < LeastPerMinute or > MostPerMinute)
                throw new InvalidOperationException($"Reconciler__Limits__{name} is {value}: it goes from {LeastPerMinute} to {MostPerMinute}.");
        }

        return options;
    }

    internal static int RetryAfterSeconds(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1;
}
