namespace Reconciler.Client;

/// <summary>A way to the feed. What it throws and may pass is tried again, after <see cref="Close"/>.</summary>
internal interface IFeedSource
{
    /// <summary>What comes behind a position: perhaps nothing, after a wait.</summary>
    Task<ChangePage> NextAsync(FeedPosition after, CancellationToken cancellation);

    /// <summary>Lets go of what is open: the next read begins anew.</summary>
    void Close();
}
