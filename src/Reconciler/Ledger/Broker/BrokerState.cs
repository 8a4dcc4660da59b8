namespace Reconciler.Ledger.Broker;

/// <summary>How publishing goes.</summary>
public enum BrokerState
{
    /// <summary>No broker is configured here, and nobody publishes.</summary>
    Off,

    /// <summary>Nobody publishes; a node with a broker configured takes it up within seconds.</summary>
    Vacant,

    /// <summary>Not connected, or connecting again after something failed.</summary>
    Connecting,

    /// <summary>Connected; changes are published as they come.</summary>
    Publishing,

    /// <summary>Connected, but the broker takes nothing now: it is short of memory or disk.</summary>
    Blocked,

    /// <summary>No queue takes a message that must be taken.</summary>
    Unroutable,

    /// <summary>The feed has another history than the checkpoint: a person decides where to go on.</summary>
    Stopped,

    /// <summary>Who published has not been heard of; another node takes over where one is configured.</summary>
    Silent,
}
