using Reconciler.Core;

namespace Reconciler.Providers.Tests.Webhooks;

public sealed class Checking_shared_secrets
{
    private static readonly WebhookSettings Good = ProviderCatalog.For(Provider.Zopay).Defaults.Webhook with
    {
        Secrets = [new WebhookSecret("a", new Secret("one")), new WebhookSecret("b", new Secret("two"))],
    };

    [Fact]
    public void Good_ones_pass() => Fields(Good).ShouldBeEmpty();

    [Fact]
    public void An_empty_secret_is_named() =>
        Fields(Good with { Secrets = [new WebhookSecret("a", new Secret(""))] }).ShouldBe(["webhook.secrets[0].secret"]);

    [Fact]
    public void Two_secrets_with_one_id_are_named() =>
        Fields(Good with { Secrets = [new WebhookSecret("a", new Secret("one")), new WebhookSecret("a", new Secret("two"))] }).ShouldBe(["webhook.secrets[1].id"]);

    [Fact]
    public void An_empty_id_is_named() => Fields(Good with { Secrets = [new WebhookSecret("", new Secret("one"))] }).ShouldBe(["webhook.secrets[0].id"]);

    [Fact]
    public void Public_keys_do_not_belong_here() =>
        Fields(Good with { Keys = [new WebhookKey("k", "pem")], KeysFrom = "api" }).ShouldBe(["webhook.keys", "webhook.keysFrom"]);

    [Fact]
    public void What_a_signature_needs_must_be_named() =>
        Fields(Good with { SignatureHeaders = [], TimestampHeaders = [], SignedContents = [] }).ShouldBe(["webhook.signatureHeaders", "webhook.signedContents"]);

    [Fact]
    public void A_signed_timestamp_needs_a_header() => Fields(Good with { TimestampHeaders = [] }).ShouldBe(["webhook.timestampHeaders"]);

    [Fact]
    public void Names_that_are_no_headers_are_named() =>
        Fields(Good with { SignatureHeaders = ["X-Good", "X Bad", ""] }).ShouldBe(["webhook.signatureHeaders[1]", "webhook.signatureHeaders[2]"]);

    [Fact]
    public void Eleven_secrets_are_too_many() =>
        Fields(Good with { Secrets = [.. Enumerable.Range(0, 11).Select(at => new WebhookSecret($"{at}", new Secret("s")))] }).ShouldBe(["webhook.secrets"]);

    [Fact]
    public void A_secret_prints_as_stars() => $"{new WebhookSecret("a", new Secret("hidden"))}".ShouldNotContain("hidden");

    private static IEnumerable<string> Fields(WebhookSettings webhook) => SettingsCheck.HmacWebhook(webhook).Select(problem => problem.Field);
}
