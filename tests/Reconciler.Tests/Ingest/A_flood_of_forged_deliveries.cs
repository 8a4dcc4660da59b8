using System.Net;
using Reconciler.Tests.Appending;

namespace Reconciler.Tests.Ingest;

[Collection(OneService.Name)]
public sealed class A_flood_of_forged_deliveries(Service service)
{
    private const int Forged = 20_000;
    private const int Senders = 64;
    private const int KeptPerConnection = 5000;
    private const int HeldInMemory = 1000;

    [Fact]
    public async Task Is_refused_and_bounded_while_honest_ones_are_kept()
    {
        var left = Forged;
        var flooding = Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) is var number && number >= 0)
                (await service.StatusAsync(ZoPaySender.Signed(ZoPaySender.Body($"forged-{number}"), secret: "whsec_guessed"))).ShouldBe(HttpStatusCode.Unauthorized);
        }));

        var honest = 0;
        for (; !flooding.IsCompleted; honest++)
            (await service.StatusAsync(ZoPaySender.Signed(ZoPaySender.Body($"honest-{honest}")))).ShouldBe(HttpStatusCode.OK);
        await flooding;

        honest.ShouldBeGreaterThan(10);
        (await Rows.CountAsync(service.Database, "payouts where provider_payout_id like 'honest-%'")).ShouldBe(honest);
        (await Rows.CountAsync(service.Database, "payouts where provider_payout_id like 'forged-%'")).ShouldBe(0);
        (await Rows.CountAsync(service.Database, "rejected_deliveries where reason = 'wrong_signature'")).ShouldBeInRange(1, KeptPerConnection);
        await service.IsWellAsync();
    }

    [Fact]
    public async Task Leaves_room_for_another_connections_word()
    {
        await Task.WhenAll(Enumerable.Range(0, HeldInMemory * 2).Select(number =>
            service.StatusAsync(ZoPaySender.Signed(ZoPaySender.Body($"loud-{number}"), secret: "whsec_guessed"))));
        (await service.StatusAsync(ZoPaySender.Unsigned("{\"quiet\":true}"u8.ToArray(), ZoPaySender.Open))).ShouldBe(HttpStatusCode.OK);

        await Eventually.TrueAsync(
            async () => await Rows.CountAsync(service.Database, "rejected_deliveries where digest = sha256('{\"quiet\":true}')") == 1,
            "The flood pushed it out of the reject log.");
    }

    [Fact]
    public async Task Is_trimmed_to_the_bound_when_more_has_gathered()
    {
        await Rows.RunAsync(service.Database, $"""
            insert into reconciler.rejected_deliveries (connection, reason, digest, body_bytes, received_at)
            select '{ZoPaySender.Connection}', 'wrong_signature', '\x00', 1, now() from generate_series(1, {KeptPerConnection + HeldInMemory})
            """);

        await service.StatusAsync(ZoPaySender.Unsigned(ZoPaySender.Body("trim")));

        await Eventually.TrueAsync(
            async () => await Rows.CountAsync(service.Database, $"rejected_deliveries where connection = '{ZoPaySender.Connection}'") == KeptPerConnection,
            "The reject log is not trimmed to its bound.");
    }
}
