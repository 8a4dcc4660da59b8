using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>One account with a provider, ready for use on this node.</summary>
/// <param name="Settings">What holds, the provider's defaults filled in.</param>
/// <param name="Definition">What kind of provider it is.</param>
/// <param name="Revision">The change that made it what it is; equal revisions of one key are equal connections.</param>
public sealed record OpenConnection(ConnectionSettings Settings, IProviderConnection Provider, IPayoutProvider Definition, long Revision)
{
    /// <summary>Kept by its operator's wish, and neither polled nor accepted.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The secrets behind it stay out of whatever prints it.</summary>
    public override string ToString() => $"{Settings.Key} at revision {Revision}";
}
