using Npgsql;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Reconciler.Connections;
using Reconciler.Providers;

namespace Reconciler.Polling;

/// <summary>
/// What stands between a connection and its provider: a retry for transport faults only, a circuit breaker, a timeout for each try.
/// </summary>
internal sealed class PollPipeline
{
    private const int RetriesMax = 1;
    private const int BreakerThroughputMin = 10;
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BreakerSampling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BreakerPause = TimeSpan.FromSeconds(15);

    private readonly ResiliencePipeline<StatusAnswer> pipeline;
    private readonly TimeProvider shared;
    private long openUntilTicks;
    private volatile bool proving;

    /// <param name="shared">What budgets and the breaker's pause go by.</param>
    internal PollPipeline(OpenConnection connection, NpgsqlDataSource database, TimeProvider clock, TimeProvider shared)
    {
        this.shared = shared;
        pipeline = new ResiliencePipelineBuilder<StatusAnswer> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<StatusAnswer>
            {
                MaxRetryAttempts = RetriesMax,
                Delay = RetryWait,
                UseJitter = true,
                // A transport fault says nothing of the provider's mind, so one more try is fair; it is a request, and is charged as one.
                ShouldHandle = async tried => tried.Outcome.Exception is ProviderUnavailable { InnerException: HttpRequestException }
                    && await RequestBudgets.TryTakeOneAsync(database, connection.Settings, shared.GetUtcNow(), tried.Context.CancellationToken),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<StatusAnswer>
            {
                FailureRatio = 0.8,
                MinimumThroughput = BreakerThroughputMin,
                SamplingDuration = BreakerSampling,
                BreakDuration = BreakerPause,
                ShouldHandle = tried => ValueTask.FromResult(
                    tried.Outcome.Exception is ProviderUnavailable or ProviderRefused or TimeoutRejectedException),
                OnOpened = opened =>
                {
                    Volatile.Write(ref openUntilTicks, (shared.GetUtcNow() + opened.BreakDuration).Ticks);
                    proving = true;
                    return default;
                },
                OnClosed = _ =>
                {
                    proving = false;
                    return default;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = connection.Settings.Polling.Timeout })
            .Build();
    }

    /// <summary>Until when the breaker is open; null while it is closed or may be tried.</summary>
    internal DateTimeOffset? OpenUntil =>
        new DateTimeOffset(Volatile.Read(ref openUntilTicks), TimeSpan.Zero) is var until && until > shared.GetUtcNow() ? until : null;

    /// <summary>After a pause one request goes first; the others wait for what it finds.</summary>
    internal bool IsProving => proving;

    /// <exception cref="ProviderFault">As the adapter found it, or a timeout or an open breaker as <see cref="ProviderUnavailable"/>.</exception>
    internal async Task<StatusAnswer> AskAsync(OpenConnection connection, StatusQuestion question, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                async stop => await connection.Provider.AskAsync(question, stop), cancellation);
        }
        catch (TimeoutRejectedException late)
        {
            throw new ProviderUnavailable("The provider did not answer in time.", late);
        }
        catch (BrokenCircuitException broken)
        {
            throw new ProviderUnavailable("The provider keeps failing; asking is paused.", broken);
        }
    }
}
