using Microsoft.AspNetCore.Http;
using Npgsql;
using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Bookkeeping;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Tests.Appending;
using Reconciler.Verifying;

namespace Reconciler.Tests.Bookkeeping;

/// <summary>An append path, a book and its readers over one database, and what a random story puts into them.</summary>
internal sealed class Story : IAsyncDisposable
{
    private const int Payouts = 12;
    private static readonly ObservedStatus[] Statuses = [.. Enum.GetValues<ObservedStatus>()];

    private readonly Node node;
    private readonly Random random;

    internal Story(string connectionString, int seed)
    {
        ConnectionString = connectionString;
        node = new Node(connectionString, new AppendOptions { Lanes = 2, BatchMax = 5 });
        Database = NpgsqlDataSource.Create(connectionString);
        Book = new Book(Database, TimeProvider.System);
        random = new Random(seed);
    }

    internal string ConnectionString { get; }

    internal NpgsqlDataSource Database { get; }

    internal Book Book { get; }

    /// <summary>Some things that happen at once, to few payouts, so that they meet.</summary>
    internal async Task HappenAsync(int things) => await Task.WhenAll(Enumerable.Range(0, things).Select(_ => node.AppendAsync(Next())));

    private Append Next()
    {
        var (payout, variant) = ($"p-{random.Next(Payouts)}", $"{random.Next(6)}");
        // Around midnight, and not in order: what comes later may be a first sighting of the day before.
        var seconds = 43_200 - 30 + random.Next(60);
        var status = Statuses[random.Next(Statuses.Length)];
        var amount = random.Next(4) == 0 ? 7_000 : 5_000;
        return random.Next(10) switch
        {
            0 => Words.Announced(payout),
            1 or 2 or 3 => Words.Answered(payout, status, variant, seconds, amount),
            4 => Words.Nudged(payout, variant, seconds),
            5 => WithoutMoney(Words.Heard(payout, status, variant, seconds)),
            _ => Words.Heard(payout, status, variant, seconds, amount, deliveryId: $"d-{random.Next(8)}"),
        };
    }

    // A first word that names no amount: a later one that does moves the money without the status.
    private static KeepDelivery WithoutMoney(KeepDelivery heard) =>
        heard with { Received = heard.Received! with { Observation = heard.Received.Observation with { Amount = null, Recipient = null } } };

    internal static PayoutFilter List(string query) => new(Query(query), "key"u8, AllowedConnections.All, TimeProvider.System.GetUtcNow());

    internal static SummaryFilter Sums(string query, DateTimeOffset? now = null) =>
        new(Query(query), "key"u8, AllowedConnections.All, now ?? TimeProvider.System.GetUtcNow());

    internal async Task<List<Finding>> VerifyAsync()
    {
        var found = new List<Finding>();
        await new Verification(Database, TimeProvider.System).RunAsync(found.Add, _ => { }, TestContext.Current.CancellationToken);
        return found;
    }

    private static QueryCollection Query(string query) => new(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query));

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await Database.DisposeAsync();
    }
}
