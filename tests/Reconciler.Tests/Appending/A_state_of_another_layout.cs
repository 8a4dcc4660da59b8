using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Streams;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Appending;

/// <summary>An earlier program stored the states in another way: they are folded again from the streams, and nothing else changes.</summary>
public sealed class A_state_of_another_layout(PostgresFixture postgres)
{
    private const int Payouts = 700;

    [Fact]
    public async Task Is_folded_again_from_its_stream_before_the_service_begins()
    {
        var database = await postgres.NewDatabaseAsync();
        await using (var node = new Node(database))
        {
            await node.AppendAsync(Enumerable.Range(0, Payouts).Select(number => Words.Heard($"p-{number}", ObservedStatus.Processing)));
            await node.AppendAsync(Enumerable.Range(0, Payouts).Select(number => Words.Heard($"p-{number}", ObservedStatus.Succeeded)));
        }

        await Rows.RunAsync(database, """
            update reconciler.payouts set state = case when provider_payout_id like '%7' then '\x00ff'::bytea end, polls_since_heard = 9;
            update reconciler.installation set state_layout = 0
            """);

        await using var source = NpgsqlDataSource.Create(database);
        await StateLayout.EnsureAsync(source, new EventReader(PayoutStreams.Registry), NullLogger.Instance, TestContext.Current.CancellationToken);

        await Audit.OfAsync(database);
        (await Rows.CountAsync(database, $"installation where state_layout = {PayoutState.Layout}")).ShouldBe(1);
    }
}
