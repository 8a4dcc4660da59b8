using Reconciler.Client;
using Reconciler.Core;
using Reconciler.Tests.Database;
using Reconciler.Tests.Finance;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Ledger.Subscriptions;

namespace Reconciler.Tests.Client;

public sealed class A_subscriber_with_the_client(PostgresFixture postgres)
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task Verifies_and_reads_what_the_service_signs_and_sends()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        await Subscribers.SubscribeAsync(service.Http, Subscribers.Document(receiver.Address, Secret));
        await service.AppendAsync(Evidences.Heard("p-1", ObservedStatus.Failed, StoppedClock.Noon));
        await Subscribers.UntilAsync(() => receiver.Accepted.Count >= 2);

        var now = TimeProvider.System.GetUtcNow();
        var pulled = await new ChangeFeed(service.Http).ReadPageAsync(FeedPosition.Start);
        foreach (var received in receiver.Accepted)
        {
            var headers = new StandardWebhookHeaders(received.Id, received.Timestamp, received.Signature);
            StandardWebhook.Verify(Secret, headers, received.Body, now).ShouldBeTrue();
            StandardWebhook.Verify(Secret, headers, [.. received.Body, (byte)' '], now).ShouldBeFalse();
            var change = Change.Parse(received.Body);
            change.Id.ToString().ShouldBe(received.Id);
            var same = pulled.Changes.Single(one => one.Position == change.Position);
            (change.Id, change.Kind, change.To, change.Amount, change.StatusVersion).ShouldBe((same.Id, same.Kind, same.To, same.Amount, same.StatusVersion));
        }
    }

    [Fact]
    public async Task Is_told_how_its_books_differ_as_of_where_it_has_read_to()
    {
        await using var service = await ServiceHost.StartAsync(postgres, settings: Subscribers.Quick);
        await using var receiver = await Receiver.StartAsync();
        var subscription = (Guid)(await Subscribers.SubscribeAsync(service, receiver.Address))["id"]!;
        foreach (var at in (int[])[1, 2, 3, 4]) await service.AppendAsync(Evidences.Heard($"p-{at}", ObservedStatus.Succeeded, StoppedClock.Noon));
        var read = (await new ChangeFeed(service.Http).ReadPageAsync(FeedPosition.Start)).Next;
        await service.AppendAsync(Evidences.Heard("p-5", ObservedStatus.Succeeded, StoppedClock.Noon));
        var parity = new ParityReport(service.Http);
        var differences = new List<ParityDifference>();

        HeldPayout[] held =
        [
            new("zopay-test/p-1", 1, Reconciler.Client.PayoutStatus.Succeeded), new("zopay-test/p-2", 1, Reconciler.Client.PayoutStatus.Failed),
            new("zopay-test/p-3", 7), new("zopay-test/p-9", 1), new("no id", 1),
        ];
        var result = await parity.CompareAsync(subscription, read, held, differences.Add);

        differences.Select(difference => (difference.Kind, difference.Payout)).ShouldBe(
        [
            ("status_differs", "zopay-test/p-2"), ("ahead", "zopay-test/p-3"), ("unknown", "zopay-test/p-9"), ("bad_line", null), ("missing", "zopay-test/p-4"),
        ]);
        differences[0].Yours.ShouldBe(new HeldStatus(1, Reconciler.Client.PayoutStatus.Failed));
        differences[0].Theirs.ShouldBe(new HeldStatus(1, Reconciler.Client.PayoutStatus.Succeeded));
        result.ShouldBe(new ParityResult(read, Compared: 4, Same: 1, Differing: 5));

        // More than one write's worth, without a position of one's own.
        differences.Clear();
        var many = Enumerable.Range(1, 20_000).Select(at => new HeldPayout($"zopay-test/p-{at}", 1));
        (await parity.CompareAsync(subscription, null, many, differences.Add)).Compared.ShouldBe(20_000);

        await Should.ThrowAsync<PositionBeyondHead>(() => parity.CompareAsync(subscription, read with { Position = 1_000 }, held, differences.Add));
        await Should.ThrowAsync<FeedHistoryChanged>(() => parity.CompareAsync(subscription, read with { Epoch = Guid.CreateVersion7() }, held, differences.Add));
        (await Should.ThrowAsync<ReconcilerProblem>(() => parity.CompareAsync(Guid.CreateVersion7(), read, held, differences.Add))).Problem.Status.ShouldBe(404);
    }
}
