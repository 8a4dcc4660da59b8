using System.Collections.Immutable;
using System.Text;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>What a provider's tests have at hand: the connection under test, opened on a server that the test scripts.</summary>
public abstract class ProviderContract<TSamples> where TSamples : ProviderSamples, new()
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    protected TSamples Samples { get; } = new();

    protected StoppedClock Clock { get; } = new();

    protected IPayoutProvider Adapter => ProviderCatalog.For(Samples.Provider);

    /// <summary>Complete settings, as an operator would make them.</summary>
    protected ConnectionSettings Settings(Uri? server = null)
    {
        var defaults = Adapter.Defaults;
        var path = defaults.BaseUrl.AbsolutePath.TrimEnd('/');
        return new ConnectionSettings(
            ConnectionKey.Parse("under-test"),
            Samples.Provider,
            "sandbox",
            new ApiSettings(server is null ? defaults.BaseUrl : new Uri(server, path), Samples.Credentials, Samples.Options(defaults.Options)),
            Samples.Webhooks(defaults.Webhook),
            defaults.Polling);
    }

    protected IProviderConnection Open(ConnectionSettings? settings = null) => Adapter.Open(settings ?? Settings(), Http, Clock);

    /// <summary>Answers every status request the same way; requests aside (a token exchange) as the provider does.</summary>
    protected ProviderServer Serving(ServedAnswer answer) => new(request => Samples.Aside(request) ?? answer);

    protected async Task<StatusAnswer> AskAsync(ServedAnswer answer, string? id = null)
    {
        await using var server = Serving(answer);
        return await Open(Settings(server.Url)).AskAsync(new StatusQuestion(id ?? Samples.PayoutId, 0), CancellationToken.None);
    }

    /// <summary>Asks, expects a fault, and makes sure that it tells nothing: no credential, no body.</summary>
    protected async Task<TFault> FaultAsync<TFault>(ServedAnswer answer) where TFault : ProviderFault
    {
        var fault = await Should.ThrowAsync<TFault>(() => AskAsync(answer));
        var text = fault.ToString();
        foreach (var secret in Samples.Credentials.Values) text.ShouldNotContain(secret.Value);
        if (answer.Body.Length > 0) text.ShouldNotContain(Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 40))));
        return fault;
    }

    protected Delivery Signed(string body) => Samples.Sign(Encoding.UTF8.GetBytes(body), Clock.Now, Clock.Now);

    protected async Task<Verdict> VerifyAsync(Delivery delivery, ConnectionSettings? settings = null) =>
        await Open(settings).VerifyAsync(delivery, CancellationToken.None);

    protected Reading Read(string body) => Open().Read(Encoding.UTF8.GetBytes(body));

    protected Reading ReadAnswer(string body) => Samples.ReadAnswer(Encoding.UTF8.GetBytes(body));

    protected static Statement Observed(Reading reading) => reading.ShouldBeOfType<Reading.Observed>().Statement;

    protected static string Unreadable(Reading reading) => reading.ShouldBeOfType<Reading.Unreadable>().Reason;

    protected static string Fixture(string path) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", path));

    /// <summary>A word as given, in lower, upper and mixed case.</summary>
    protected static ImmutableArray<string> AnyCase(string word) =>
        [word, word.ToLowerInvariant(), word.ToUpperInvariant(), char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()];
}
