using System.Collections.Immutable;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>Checking settings: complete ones pass, and each wrong field is named without its value.</summary>
public abstract class SettingsContract<TSamples> : ProviderContract<TSamples> where TSamples : ProviderSamples, new()
{
    [Fact]
    public void The_defaults_pass_with_credentials_filled_in() => Adapter.Check(Settings()).ShouldBeEmpty();

    [Fact]
    public void The_defaults_pass_without_webhook_secrets_too()
    {
        var settings = Settings();
        Adapter.Check(settings with { Webhook = Adapter.Defaults.Webhook }).ShouldBeEmpty();
    }

    [Fact]
    public void The_defaults_are_those_of_a_usable_policy()
    {
        var (key, defaults) = (Adapter.Key, Adapter.Defaults);
        key.ShouldBe(Samples.Provider);
        defaults.BaseUrl.Scheme.ShouldBe("https");
        defaults.Credentials.ShouldBe(Samples.Credentials.Keys, ignoreOrder: true);
        defaults.Polling.Silence.ShouldNotBeEmpty();
        defaults.Polling.Silence.ShouldBe(defaults.Polling.Silence.Order());
        defaults.Webhook.Verifies.ShouldBeFalse("secrets are the connection's alone");
    }

    [Fact]
    public void Each_missing_credential_is_named()
    {
        foreach (var name in Samples.Credentials.Keys)
            Fields(api => api with { Credentials = api.Credentials.Remove(name) }).ShouldBe([$"api.credentials.{name}"]);
    }

    [Fact]
    public void An_unknown_credential_is_named() =>
        Fields(api => api with { Credentials = api.Credentials.Add("pin", new Secret("1234")) }).ShouldBe(["api.credentials.pin"]);

    [Fact]
    public void A_credential_that_cannot_travel_in_a_header_is_named_without_its_value()
    {
        foreach (var name in Samples.Credentials.Keys)
            foreach (var bad in new[] { "", "two\r\nlines", " p4dd3d ", "nul\0", "é" })
            {
                var settings = Settings();
                var api = settings.Api with { Credentials = settings.Api.Credentials.SetItem(name, new Secret(bad)) };
                var problem = Adapter.Check(settings with { Api = api }).ShouldHaveSingleItem();
                problem.Field.ShouldBe($"api.credentials.{name}");
                if (bad.Trim().Length > 1) problem.Problem.ShouldNotContain(bad.Trim());
            }
    }

    [Fact]
    public void Each_missing_option_is_named()
    {
        foreach (var name in Adapter.Defaults.Options.Keys)
            Fields(api => api with { Options = api.Options.Remove(name) }).ShouldBe([$"api.options.{name}"]);
    }

    [Fact]
    public void An_unknown_option_is_named() =>
        Fields(api => api with { Options = api.Options.Add("colour", "blue") }).ShouldBe(["api.options.colour"]);

    [Fact]
    public void Nonsense_in_any_option_is_named()
    {
        foreach (var name in Adapter.Defaults.Options.Keys)
            foreach (var bad in new[] { "", "no slash {id}", "/with a blank/{id}", "/é/{id}" })
                Fields(api => api with { Options = api.Options.SetItem(name, bad) }).ShouldBe([$"api.options.{name}"], $"{name} = '{bad}'");
    }

    [Theory]
    [InlineData("/relative")]
    [InlineData("ftp://example.com")]
    [InlineData("https://user:word@example.com")]
    [InlineData("https://example.com/?key=1")]
    [InlineData("https://example.com/#part")]
    public void A_base_url_that_cannot_be_appended_to_is_named(string url) =>
        Fields(api => api with { BaseUrl = new Uri(url, UriKind.RelativeOrAbsolute) }).ShouldBe(["api.baseUrl"]);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_tolerance_without_a_bound_is_named(int seconds)
    {
        var settings = Settings();
        Adapter.Check(settings with { Webhook = settings.Webhook with { ToleranceSeconds = seconds } })
            .Select(problem => problem.Field).ShouldBe(["webhook.toleranceSeconds"]);
    }

    private ImmutableArray<string> Fields(Func<ApiSettings, ApiSettings> change)
    {
        var settings = Settings();
        return [.. Adapter.Check(settings with { Api = change(settings.Api) }).Select(problem => problem.Field)];
    }
}
