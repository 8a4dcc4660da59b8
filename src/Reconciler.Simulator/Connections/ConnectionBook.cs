using Reconciler.Simulator.AwdPay;
using Reconciler.Simulator.CaurisFlux;
using Reconciler.Simulator.PawaPay;
using Reconciler.Simulator.Playing;
using Reconciler.Simulator.Zayono;
using Reconciler.Simulator.ZoPay;

namespace Reconciler.Simulator.Connections;

/// <summary>The six connections that are played: one for each provider, and a second one for pawaPay's older API.</summary>
public sealed class ConnectionBook
{
    private readonly Dictionary<string, SimConnection> _byKey;

    public ConnectionBook(SimulatorOptions options, PawaPayKeys pawaPayKeys)
    {
        var pawaPay = new PlayedPawaPay(pawaPayKeys);
        All =
        [
            Make(options, "caurisflux-sim", new PlayedCaurisFlux(), "", "/caurisflux/api/v1", secret => new()
            {
                ["publicKey"] = $"pk_test_{secret("public")}", ["secretKey"] = $"sk_test_{secret("private")}",
            }),
            Make(options, "awdpay-sim", new PlayedAwdPay(), "", "/awdpay", secret => new()
            {
                ["apiKey"] = secret("api"), ["secretKey"] = secret("private"),
            }),
            Make(options, "zayono-sim", new PlayedZayono(), "", "/zayono/api", secret => new() { ["apiKey"] = $"zyn_test_{secret("api")}" }),
            Make(options, "pawapay-sim", pawaPay, "v2", "/pawapay", secret => new() { ["token"] = secret("token") }),
            Make(options, "pawapay-v1-sim", pawaPay, "v1", "/pawapay", secret => new() { ["token"] = secret("token") }),
            Make(options, "zopay-sim", new PlayedZoPay(), "", "/zopay", secret => new()
            {
                ["apiKey"] = $"zo_pk_{secret("public")}", ["secretKey"] = $"zo_sk_{secret("private")}", ["origin"] = "https://example.com",
            }),
        ];
        _byKey = All.ToDictionary(connection => connection.Key);
    }

    public IReadOnlyList<SimConnection> All { get; }

    public SimConnection? Find(string? key) => key is null ? null : _byKey.GetValueOrDefault(key);

    public IEnumerable<SimConnection> Of(string provider) => All.Where(connection => connection.Provider.Name == provider);

    /// <summary>Where a connection's webhooks go unless told otherwise.</summary>
    public static Uri WebhookUrl(Uri service, string key) => new($"{service.AbsoluteUri.TrimEnd('/')}/webhooks/{key}");

    private static SimConnection Make(
        SimulatorOptions options, string key, IPlayedProvider provider, string version, string path,
        Func<Func<string, string>, Dictionary<string, string>> credentials) =>
        new(key, provider, version, path, WebhookUrl(options.Service, key))
        {
            Credentials = credentials(label => SeededSecrets.Hex(options.Seed, $"{key}/{label}", 16)),
            WebhookSecret = provider.Name == "pawapay" ? "" : $"whsec_{SeededSecrets.Hex(options.Seed, $"{key}/webhook")}",
            ForgersSecret = $"whsec_{SeededSecrets.Hex(options.Seed, $"{key}/forger")}",
        };
}
