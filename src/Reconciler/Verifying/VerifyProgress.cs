using System.Globalization;
using Npgsql;

namespace Reconciler.Verifying;

/// <summary>How far the verification is, as a line for people.</summary>
internal sealed class VerifyProgress(Action<string> tell, TimeProvider clock)
{
    // The feed's head may lie where it should not; the count is exact enough and needs no second.
    private const string Totals = "select (select count(*) from reconciler.payouts), (select position from reconciler.feed_head)";

    private readonly long started = clock.GetTimestamp();
    private long payoutsDone;
    private long position;
    private (long Payouts, long Feed) total;

    internal static async Task<VerifyProgress> BeginAsync(NpgsqlDataSource database, TimeProvider clock, Action<string> tell, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Totals);
        command.CommandTimeout = 0;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return new VerifyProgress(tell, clock) { total = (row.GetInt64(0), row.GetInt64(1)) };
    }

    internal void Payouts(int more)
    {
        Interlocked.Add(ref payoutsDone, more);
        Tell();
    }

    internal void Feed(long upTo)
    {
        Interlocked.Exchange(ref position, upTo);
        Tell();
    }

    private void Tell()
    {
        var (payouts, feed, elapsed) = (Interlocked.Read(ref payoutsDone), Interlocked.Read(ref position), clock.GetElapsedTime(started));
        var left = Longer(Left(payouts, total.Payouts, elapsed), Left(feed, total.Feed, elapsed));
        tell(string.Create(CultureInfo.InvariantCulture,
            $"Payouts: {payouts:N0} of {total.Payouts:N0}; feed: {feed:N0} of {total.Feed:N0}; {payouts / elapsed.TotalSeconds:N0} payouts a second; ")
            + (left is { } wait ? $"about {Words(wait)} left." : "time left unknown."));
    }

    // By the pace so far; null until there is one. What comes while this runs is checked too, and is in no total.
    private static TimeSpan? Left(long done, long total, TimeSpan elapsed) =>
        done >= total ? TimeSpan.Zero : done == 0 ? null : elapsed * ((double)(total - done) / done);

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => one is null || other is null ? null : one > other ? one : other;

    private static string Words(TimeSpan wait) => wait < TimeSpan.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{wait.TotalSeconds:F0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)wait.TotalMinutes} min {wait.Seconds} s");
}
