using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Reading_pawaPay_version_1 : ReadingContract<PawaPayV1Samples>
{
    [Fact]
    public void The_recorded_answers_are_read()
    {
        var said = Observed(ReadAnswer(Fixture("pawapay/v1-status-completed.json")));
        (said.ProviderPayoutId, said.Status, said.Amount, said.ProviderReference)
            .ShouldBe(("f4401bd2-1568-4140-bf2d-eb77d2b2b639", ObservedStatus.Succeeded, Money.Of(123m, "ZMW"), "DEF456"));
        Observed(ReadAnswer(Fixture("pawapay/v1-status-unknown-id.json"))).Status.ShouldBe(ObservedStatus.NotFound);
    }
}

public sealed class Reading_pawaPay_version_2 : ReadingContract<PawaPayV2Samples>
{
    [Fact]
    public void The_recorded_answers_are_read()
    {
        var said = Observed(ReadAnswer(Fixture("pawapay/v2-status-failed.json")));
        (said.ProviderPayoutId, said.Status, said.Amount, said.Failure?.Code)
            .ShouldBe(("f4401bd2-1568-4140-bf2d-eb77d2b2b639", ObservedStatus.Failed, Money.Of(123m, "ZMW"), FailureCode.RecipientInvalid));
        Observed(ReadAnswer(Fixture("pawapay/v2-status-not-found.json"))).Status.ShouldBe(ObservedStatus.NotFound);
    }
}
