using System.Text.Json;

namespace Reconciler.Providers.Tests;

/// <summary>pawaPay's side of the key exchange: publishes keys and counts who asks.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private static readonly TimeSpan ShutAtMost = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim open = new(initialState: true);
    private readonly ProviderServer server;

    public KeyServer() => server = new ProviderServer(_ =>
    {
        open.Wait(ShutAtMost);
        return Instead ?? ServedAnswer.Json(JsonSerializer.Serialize(Published.Select(key => new { id = key.Id, key = key.Pem })));
    });

    public Uri Url => server.Url;

    public int Calls => server.Requests.Count;

    public ServedRequest LastRequest => server.Requests[^1];

    public IReadOnlyList<WebhookKey> Published { get; set; } = [];

    /// <summary>What is answered instead of the keys.</summary>
    public ServedAnswer? Instead { get; set; }

    /// <summary>From now on answers wait until <see cref="Open"/>.</summary>
    public void Shut() => open.Reset();

    public void Open() => open.Set();

    public async ValueTask DisposeAsync()
    {
        Open();
        await server.DisposeAsync();
        open.Dispose();
    }
}
