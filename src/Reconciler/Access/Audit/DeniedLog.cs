using System.Threading.RateLimiting;
using Npgsql;

namespace Reconciler.Access.Audit;

/// <summary>
/// What was refused, in the audit log: one entry for the same caller, route and answer in a while, and no more than a few of them an
/// hour. A flood costs a counter; it can fill neither memory nor disk.
/// </summary>
internal sealed partial class DeniedLog(AuditLog audit, TimeProvider clock, ILogger<DeniedLog> log) : BackgroundService
{
    internal const string Act = "access.denied";
    internal static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);

    /// <summary>Different ones that are told apart between two writes; all others are one.</summary>
    private const int GroupsMax = 50;

    /// <summary>Entries that a node writes at once, and then a minute: some 1,500 a day, under a megabyte.</summary>
    private const int EntriesAtOnce = 60;

    private readonly Lock gate = new();
    private readonly TokenBucketRateLimiter entries = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = EntriesAtOnce, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMinutes(1), QueueLimit = 0, AutoReplenishment = true,
    });

    private Dictionary<(string Actor, string? Address, string Route, int Status), Denied> noted = [];
    private long others;

    /// <param name="actor">Null for one whom nobody knows.</param>
    public void Note(Actor? actor, HttpContext context, int status, string? name = null)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route";
        var who = actor ?? Actor.Nobody(CalledFrom.Of(context));
        lock (gate)
        {
            var key = (who.Reference, who.From.Address, $"{context.Request.Method} {route}", status);
            if (noted.TryGetValue(key, out var known)) known.Count++;
            else if (noted.Count < GroupsMax) noted.Add(key, new Denied(who, key.Item3, status, name) { Count = 1 });
            else others++;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes what was noted since.</summary>
    internal async Task WriteAsync(CancellationToken cancellation)
    {
        Dictionary<(string, string?, string, int), Denied> written;
        lock (gate) (written, noted) = (noted, []);
        foreach (var denied in written.Values)
        {
            using var entry = entries.AttemptAcquire();
            if (!entry.IsAcquired || !await TryRecordAsync(denied.Who, denied.Route, new { denied.Status, denied.Count, denied.Name }, cancellation))
                Interlocked.Add(ref others, denied.Count);
        }

        if (Interlocked.Read(ref others) == 0) return;
        using var rest = entries.AttemptAcquire();
        if (!rest.IsAcquired) return;
        var count = Interlocked.Exchange(ref others, 0);
        if (!await TryRecordAsync(Actor.Nobody(CalledFrom.Nowhere), "others", new { Count = count }, cancellation)) Interlocked.Add(ref others, count);
    }

    private async Task<bool> TryRecordAsync(Actor who, string route, object after, CancellationToken cancellation)
    {
        try
        {
            await audit.RecordAsync(who, Act, route, after: after, cancellation: cancellation);
            return true;
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
        {
            NotWritten(log, fault.Message);
            return false;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        entries.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A denial could not be recorded: {Trouble}")]
    private static partial void NotWritten(ILogger log, string trouble);

    private sealed record Denied(Actor Who, string Route, int Status, string? Name)
    {
        public long Count { get; set; }
    }
}
