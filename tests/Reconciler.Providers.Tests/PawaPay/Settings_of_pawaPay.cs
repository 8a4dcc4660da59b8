namespace Reconciler.Providers.Tests;

public sealed class Settings_of_pawaPay_version_1 : SettingsContract<PawaPayV1Samples>;

public sealed class Settings_of_pawaPay_version_2 : SettingsContract<PawaPayV2Samples>
{
    [Fact]
    public void Each_webhook_setting_that_is_wrong_is_named()
    {
        var settings = Settings();
        var wrong = settings with
        {
            Webhook = settings.Webhook with
            {
                Secrets = [new WebhookSecret("a", new Secret("b"))],
                Keys = [new WebhookKey("", "not a key"), SigningKey.P256("twice").Public, SigningKey.P256("twice").Public],
                KeysFrom = "elsewhere",
                PublicUrl = new Uri("/relative", UriKind.Relative),
            },
        };
        Adapter.Check(wrong).Select(problem => problem.Field).ShouldBe(
            ["webhook.secrets", "webhook.keysFrom", "webhook.keys[0].id", "webhook.keys[0].pem", "webhook.keys[2].id", "webhook.publicUrl"],
            ignoreOrder: true);
    }
}
