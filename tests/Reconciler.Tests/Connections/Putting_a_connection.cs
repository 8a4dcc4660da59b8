using System.Text.Json;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Providers;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Connections;

public sealed class Putting_a_connection(PostgresFixture postgres)
{
    [Fact]
    public async Task What_was_put_is_what_is_open()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        (await node.PutAsync("zopay-sandbox", Documents.ZoPay)).Kind.ShouldBe(PutKind.Created);

        var settings = (await node.OpenAsync("zopay-sandbox")).Settings;
        settings.Provider.ShouldBe(Provider.Zopay);
        settings.Environment.ShouldBe("sandbox");
        settings.Api.BaseUrl.ShouldBe(new Uri("https://sandbox.zopay.example"));
        settings.Api.Credentials["secretKey"].Value.ShouldBe(Documents.ZoPaySecretKey);
        settings.Webhook.Secrets.ShouldBe([new WebhookSecret("2026-11", new Secret(Documents.ZoPayWebhookSecret))]);
        settings.Webhook.SignatureHeaders.ShouldBe(["X-Zo-Signature"]);
        settings.Webhook.ToleranceSeconds.ShouldBe(200);
        settings.Polling.Silence.ShouldBe([TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)]);
        settings.Polling.VerifyFinal.ShouldBe(VerifyFinal.Always);
        settings.Polling.Budget.ShouldBe([new RequestBudget(50, TimeSpan.FromMinutes(1))]);
    }

    [Fact]
    public async Task Where_the_operator_is_silent_the_providers_defaults_hold()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        await node.KeepAsync("zayono-live", Documents.Zayono);

        var settings = (await node.OpenAsync("zayono-live")).Settings;
        var defaults = ProviderCatalog.For(Provider.Zayono).Defaults;
        settings.Environment.ShouldBe("live");
        settings.Api.BaseUrl.ShouldBe(defaults.BaseUrl);
        settings.Api.Options.ShouldBe(defaults.Options, ignoreOrder: true);
        settings.Webhook.SignatureHeaders.ShouldBe(defaults.Webhook.SignatureHeaders);
        settings.Polling.ShouldBe(defaults.Polling);
    }

    [Fact]
    public async Task The_version_of_the_api_is_an_option_of_the_provider_under_a_name_of_its_own()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        var row = await node.KeepAsync("pawapay-live", Documents.PawaPay);

        (await node.OpenAsync("pawapay-live")).Settings.Api.Options["apiVersion"].ShouldBe("v1");
        row.Document.Api.ShouldNotBeNull().ApiVersion.ShouldBe("v1");
        row.Document.Api.Options.ShouldBeNull();
    }

    [Theory]
    [InlineData(Documents.ZoPay)]
    [InlineData(Documents.Zayono)]
    [InlineData(Documents.PawaPay)]
    public async Task What_is_read_can_be_written_back_and_changes_nothing(string json)
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        var row = await node.KeepAsync("somewhere", json);
        var before = (await node.OpenAsync("somewhere")).Settings;

        var again = await node.PutAsync("somewhere", JsonSerializer.Serialize(row.Document, JsonShapes.Answered));

        again.Problems.ShouldBeEmpty();
        again.Kind.ShouldBe(PutKind.Same);
        (await node.OpenAsync("somewhere")).Settings.ShouldBeSameAs(before);
    }

    [Fact]
    public async Task What_holds_can_be_written_as_a_document_and_put_back()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zopay-sandbox", Documents.ZoPay);
        var before = (await node.OpenAsync("zopay-sandbox")).Settings;

        await node.KeepAsync("zopay-sandbox", JsonSerializer.Serialize(EffectiveSettings.Document(before, isPaused: false), JsonShapes.Answered));

        var after = (await node.OpenAsync("zopay-sandbox")).Settings;
        EffectiveSettings.Document(after, isPaused: false).Text().ShouldBe(EffectiveSettings.Document(before, isPaused: false).Text());
        after.Api.Credentials.ShouldBe(before.Api.Credentials, ignoreOrder: true);
    }

    [Fact]
    public async Task The_revision_moves_with_each_change_and_not_without_one()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        (await node.RevisionAsync()).ShouldBe(0);

        await node.KeepAsync("zopay-sandbox", Documents.ZoPay);
        (await node.RevisionAsync()).ShouldBe(1);
        (await node.PutAsync("zopay-sandbox", Documents.ZoPay)).Kind.ShouldBe(PutKind.Same);
        (await node.RevisionAsync()).ShouldBe(1);
        var changed = Documents.ZoPay.Replace("200", "201", StringComparison.Ordinal);
        (await node.PutAsync("zopay-sandbox", changed)).Kind.ShouldBe(PutKind.Changed);
        (await node.RevisionAsync()).ShouldBe(2);
        (await node.Editor.DeleteAsync(ConnectionKey.Parse("zopay-sandbox"), CancellationToken.None)).ShouldBe(DeleteOutcome.Deleted);
        (await node.RevisionAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task A_connection_that_knows_payouts_is_not_deleted()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);
        await node.KeepAsync("zayono-live", Documents.Zayono);
        await node.ExecuteAsync("""
            insert into reconciler.payouts (stream_id, connection, provider, provider_payout_id, status, final, confidence, rule,
                status_version, open_discrepancies, first_seen_at, version, state, poll_faults)
            values ('zayono-live/1', 'zayono-live', 'zayono', '1', 'pending', false, 'expected', 'none', 1, '{}', now(), 1, '{}', 0)
            """);

        (await node.Editor.DeleteAsync(ConnectionKey.Parse("zayono-live"), CancellationToken.None)).ShouldBe(DeleteOutcome.HasPayouts);

        (await node.OpenAsync("zayono-live")).Settings.Provider.ShouldBe(Provider.Zayono);
        (await node.RevisionAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Twenty_writers_at_once_take_turns()
    {
        await using var node = await ServiceNode.FirstAsync(postgres);

        var rows = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            node.KeepAsync($"zayono-{number % 5}", Documents.Zayono.Replace("zay-key-99", $"key-{number}", StringComparison.Ordinal))));

        rows.Select(row => row.Revision).Order().ShouldBe(Enumerable.Range(1, 20).Select(revision => (long)revision));
        (await node.RevisionAsync()).ShouldBe(20);
    }
}
