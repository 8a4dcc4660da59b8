using System.Diagnostics;
using Reconciler.Core;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

public sealed class Two_nodes(PostgresFixture postgres)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task See_each_others_changes_without_being_told()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        await using var second = first.Another();
        await second.Installation.LoadAsync(CancellationToken.None);
        await second.Registry.StartAsync(CancellationToken.None);

        await first.KeepAsync("zopay-sandbox", Documents.ZoPay);
        await UntilAsync(() => second.Registry.Find("zopay-sandbox") is not null);
        await first.KeepAsync("zopay-sandbox", Documents.ZoPay.Replace("200", "201", StringComparison.Ordinal));
        await UntilAsync(() => second.Registry.Find("zopay-sandbox")?.Settings.Webhook.ToleranceSeconds == 201);
        await first.Editor.DeleteAsync(ConnectionKey.Parse("zopay-sandbox"), CancellationToken.None);
        await UntilAsync(() => second.Registry.All.Count == 0);

        await second.Registry.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Open_again_only_what_changed()
    {
        await using var first = await ServiceNode.FirstAsync(postgres);
        await first.KeepAsync("zopay-sandbox", Documents.ZoPay);
        await first.KeepAsync("zayono-live", Documents.Zayono);
        var (zopay, zayono) = (await first.OpenAsync("zopay-sandbox"), await first.OpenAsync("zayono-live"));

        await first.KeepAsync("zayono-live", Documents.Zayono.Replace("99", "100", StringComparison.Ordinal));

        (await first.OpenAsync("zopay-sandbox")).ShouldBeSameAs(zopay);
        (await first.OpenAsync("zayono-live")).Provider.ShouldNotBeSameAs(zayono.Provider);
    }

    [Fact]
    public async Task Work_on_with_what_they_have_while_the_database_is_away()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zayono-live", Documents.Zayono);
        await node.OpenAsync("zayono-live");
        await node.Registry.StartAsync(CancellationToken.None);

        await node.ExecuteAsync("alter table reconciler.connection_head rename to head_away");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => node.Registry.RefreshAsync());
        node.Registry.Find("zayono-live").ShouldNotBeNull();
        await node.ExecuteAsync("alter table reconciler.head_away rename to connection_head");
        await node.KeepAsync("zayono-two", Documents.Zayono);
        await UntilAsync(() => node.Registry.Find("zayono-two") is not null);

        await node.Registry.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Leave_out_a_connection_that_they_cannot_read_and_open_the_others()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zayono-a", Documents.Zayono);
        await node.KeepAsync("zayono-b", Documents.Zayono);
        await node.KeepAsync("zayono-c", Documents.Zayono);
        await node.ExecuteAsync("""
            update reconciler.connections set settings = '{"provider": "unheard"}' where key = 'zayono-a';
            update reconciler.connections set settings = settings || '{"polling": {"slowest": "soon"}}' where key = 'zayono-b'
            """);

        await node.Registry.RefreshAsync();

        node.Registry.All.Select(open => open.Settings.Key.ToString()).ShouldBe(["zayono-c"]);
        node.Registry.Find("zayono-a").ShouldBeNull();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Bound);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
