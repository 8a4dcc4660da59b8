namespace Reconciler.Finance;

/// <summary>
/// Lets a few of the finance team's questions to the database at once; the rest wait in line. The machine answers no more of them when
/// all ask at once: they only interrupt each other, and the webhooks, and some come last again and again.
/// </summary>
internal sealed class ReadTurns(TimeProvider clock)
{
    // So many keep two cores busy, and a few more where the database is away and has its own.
    private static readonly int AtOnce = Math.Max(4, Environment.ProcessorCount);

    // Whoever needs longer goes on, and the line does not wait for them.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim free = new(AtOnce);

    /// <returns>To be disposed of when the answer was read.</returns>
    internal async Task<IDisposable> TakeAsync(CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        return new Turn(free, clock);
    }

    private sealed class Turn : IDisposable
    {
        private readonly SemaphoreSlim free;
        private readonly ITimer tooLong;
        private int isGivenBack;

        internal Turn(SemaphoreSlim free, TimeProvider clock)
        {
            this.free = free;
            tooLong = clock.CreateTimer(static turn => ((Turn)turn!).GiveBack(), this, Long, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            tooLong.Dispose();
            GiveBack();
        }

        private void GiveBack()
        {
            if (Interlocked.Exchange(ref isGivenBack, 1) == 0) free.Release();
        }
    }
}
