using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Ledger.Subscriptions;

/// <summary>An implementation that shares nothing with ours, of a project that shares nothing with us, reads what we sent over HTTP.</summary>
public sealed class Verified_by_the_standards_own_library(PostgresFixture postgres)
{
    [Fact]
    public async Task Genuine_requests_are_verified_by_each_live_secret_and_altered_ones_refused()
    {
        await using var service = await ServiceHost.StartAsync(postgres);
        await using var receiver = await Receiver.StartAsync();
        string[] secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(64))];
        await Subscribers.SubscribeAsync(service.Http, Subscribers.Document(receiver.Address, secrets));
        await Subscribers.HearAsync(service, 0, 5);
        await Subscribers.UntilAsync(() => receiver.Accepted.Count == 10);

        var cases = new List<(object Request, string Verdict)>();
        foreach (var received in receiver.Accepted)
        {
            byte[] altered = [.. received.Body];
            altered[^2] ^= 1;
            foreach (var secret in secrets) cases.Add((Request(received, secret), "verified"));
            cases.Add((Request(received, "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), "refused"));
            cases.Add((Request(received with { Id = received.Id + "0" }, secrets[0]), "refused"));
            cases.Add((Request(received with { Timestamp = $"{long.Parse(received.Timestamp) + 1}" }, secrets[0]), "refused"));
            cases.Add((Request(received, secrets[0], altered), "refused"));
            cases.Add((Request(received with { Signature = received.Signature.Split(' ')[1] }, secrets[0]), "refused"));
        }

        (await VerdictsAsync(cases.Select(one => one.Request))).ShouldBe(cases.Select(one => one.Verdict));
    }

    private static object Request(Received received, string secret, byte[]? body = null) => new
    {
        secret, id = received.Id, timestamp = received.Timestamp, signature = received.Signature, body = Convert.ToBase64String(body ?? received.Body),
    };

    private static async Task<IReadOnlyList<string>> VerdictsAsync(IEnumerable<object> requests, [CallerFilePath] string caller = "")
    {
        var folder = Path.Combine(Path.GetDirectoryName(caller)!, "standardwebhooks");
        Directory.Exists(Path.Combine(folder, "node_modules", "standardwebhooks"))
            .ShouldBeTrue($"The library is not there: run 'ops/install node', then 'npm ci' in {folder}; ops/test does both.");
        using var node = Process.Start(new ProcessStartInfo("node", ["verify.js"])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        foreach (var request in requests) await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
        node.StandardInput.Close();
        var verdicts = (await node.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0);
        return verdicts;
    }
}
