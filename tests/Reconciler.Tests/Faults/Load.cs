using System.Collections.Concurrent;
using System.Net;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Ingest;

namespace Reconciler.Tests.Faults;

/// <summary>Distinct signed deliveries, as fast as they are answered, and what became of each. A sender here never tries again.</summary>
internal sealed class Load
{
    private const int Senders = 24;

    private readonly CancellationTokenSource done = new();
    private readonly Func<ServiceProcess> service;
    private readonly string name;
    private readonly Task sending;

    /// <param name="name">Begins every payout's id.</param>
    public Load(Func<ServiceProcess> service, string name)
    {
        (this.service, this.name) = (service, name);
        sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(SendAsync));
    }

    /// <summary>Payouts whose delivery was answered 2xx.</summary>
    public ConcurrentBag<string> Kept { get; } = [];

    /// <summary>Answered 503, or not at all: kept or not, nobody was told.</summary>
    public ConcurrentBag<string> Unknown { get; } = [];

    public ConcurrentBag<HttpStatusCode> OtherAnswers { get; } = [];

    public async Task EndAsync()
    {
        await done.CancelAsync();
        await sending;
        done.Dispose();
    }

    /// <summary>Everything answered is exactly one event; what was not answered is at most one.</summary>
    public static async Task ShouldBeKeptAsync(string database, IReadOnlyCollection<string> kept, IReadOnlyCollection<string> unknown)
    {
        var stored = (await Rows.OneAsync<string[]>(database, """
            select coalesce(array_agg(substr(stream_id, strpos(stream_id, '/') + 1)), '{}') from reconciler.mt_events where type = 'webhook_received'
            """)).ToList();
        var distinct = stored.ToHashSet();
        stored.Count.ShouldBe(distinct.Count, "No delivery is there twice.");
        kept.Where(payout => !distinct.Contains(payout)).ShouldBeEmpty("Every delivery that was answered 2xx is there.");
        distinct.Except(kept).Except(unknown).ShouldBeEmpty("Nothing is there that nobody sent.");
        await Audit.OfAsync(database);
    }

    private async Task SendAsync(int sender)
    {
        for (var number = 0; !done.IsCancellationRequested; number++)
        {
            var payout = $"{name}-{sender}-{number}";
            using var request = ZoPaySender.Signed(ZoPaySender.Body(payout));
            try
            {
                using var response = await service().SendAsync(request);
                if (response.IsSuccessStatusCode) Kept.Add(payout);
                else Unknown.Add(payout);
                if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.ServiceUnavailable) OtherAnswers.Add(response.StatusCode);
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
                Unknown.Add(payout);
            }
        }
    }
}
