namespace Reconciler.Providers.Tests;

public sealed class Configuring_AwdPay : SettingsContract<AwdPaySamples>
{
    [Fact]
    public void Polling_begins_as_their_page_recommends() =>
        Adapter.Defaults.Polling.Silence.Take(5).Select(step => step.TotalSeconds).ShouldBe([5, 15, 30, 60, 60]);
}
