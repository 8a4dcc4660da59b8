namespace Reconciler.Providers.Tests;

public sealed class Verifying_pawaPay_version_1 : VerifyingContract<PawaPayV1Samples>;

public sealed class Verifying_pawaPay_version_2 : VerifyingContract<PawaPayV2Samples>
{
    [Fact]
    public void There_is_no_delivery_id() => Open().DeliveryId(Signed("{}")).ShouldBeNull();

    [Fact]
    public void Settings_say_what_is_wrong_with_them()
    {
        var settings = Settings();
        Adapter.Check(settings).ShouldBeEmpty();
        var wrong = settings with
        {
            Api = settings.Api with { Options = settings.Api.Options.SetItem("apiVersion", "v3"), Credentials = settings.Api.Credentials.Clear() },
            Webhook = settings.Webhook with
            {
                Secrets = [new WebhookSecret("a", new Secret("b"))],
                Keys = [new WebhookKey("", "not a key"), SigningKey.P256("twice").Public, SigningKey.P256("twice").Public],
                KeysFrom = "elsewhere",
                PublicUrl = new Uri("/relative", UriKind.Relative),
                ToleranceSeconds = 0,
            },
        };
        Adapter.Check(wrong).Select(problem => problem.Field).ShouldBe(
            [
                "api.credentials.token", "api.options.apiVersion", "webhook.secrets", "webhook.keysFrom", "webhook.keys[0].id", "webhook.keys[0].pem",
                "webhook.keys[2].id", "webhook.publicUrl", "webhook.toleranceSeconds",
            ],
            ignoreOrder: true);
    }
}
