namespace Reconciler.Database;

/// <summary>Where a private PostgreSQL cluster lives and how it is tuned.</summary>
public sealed record PrivateClusterOptions
{
    /// <summary>The cluster's own directory; made when missing. One live process at a time may use it.</summary>
    public required string Directory { get; init; }

    /// <summary>The folder of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; searched for when null (see <see cref="PostgresBinaries"/>).</summary>
    public string? BinariesDirectory { get; init; }

    /// <summary>The system user that runs the server when this process is root, which PostgreSQL refuses. It owns a new cluster.</summary>
    public string ServerUser { get; init; } = "postgres";

    /// <summary>Server settings that win over <see cref="ServerSettings.Defaults"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a start may take. Generous, because it includes crash recovery.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an orderly stop may take before the server is stopped without a checkpoint (which loses nothing).</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
