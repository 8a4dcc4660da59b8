using Reconciler.Simulator.Playing;

namespace Reconciler.Simulator.Connections;

/// <summary>One merchant account with a played provider: its credentials, and where its webhooks go.</summary>
public sealed class SimConnection(string key, IPlayedProvider provider, string apiVersion, string basePath, Uri webhookUrl)
{
    private volatile Uri _webhookUrl = webhookUrl;

    public string Key { get; } = key;
    public IPlayedProvider Provider { get; } = provider;

    /// <summary>pawaPay: v1 or v2. Empty elsewhere.</summary>
    public string ApiVersion { get; } = apiVersion;

    /// <summary>What follows this simulator's address in the connection's base URL, like <c>/zopay</c>.</summary>
    public string BasePath { get; } = basePath;

    /// <summary>In the words of the connections file, such as <c>apiKey</c>.</summary>
    public required IReadOnlyDictionary<string, string> Credentials { get; init; }

    /// <summary>The secret that signs webhooks; empty where a key pair does.</summary>
    public required string WebhookSecret { get; init; }

    /// <summary>The secret that a forger guessed, wrongly.</summary>
    public required string ForgersSecret { get; init; }

    public Uri WebhookUrl { get => _webhookUrl; set => _webhookUrl = value; }
}
