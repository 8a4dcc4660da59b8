namespace Reconciler.Connections;

/// <summary>Settings of this part, in the configuration's section <c>Reconciler</c>.</summary>
public sealed class ConnectionsOptions
{
    /// <summary>32 bytes in base64. Without it a key is made on the first start, and kept in the data directory.</summary>
    public string? MasterKey { get; set; }

    /// <summary>The key that shall take the place of the master key: for <c>master-key rotate</c> only.</summary>
    public string? NewMasterKey { get; set; }

    /// <summary>Networks, with commas between, that live connections may reach although their addresses are private.</summary>
    public string? OutgoingRanges { get; set; }

    /// <summary>Where this node keeps what is its own.</summary>
    public string DataDirectory { get; set; } = ".data";

    /// <summary>A JSON file <c>{"connections": {"key": {…}}}</c> that is applied at each start.</summary>
    public string? ConnectionsFile { get; set; }

    internal static ConnectionsOptions Of(IConfiguration configuration)
    {
        var options = new ConnectionsOptions();
        configuration.GetSection("Reconciler").Bind(options);
        return options;
    }
}
