namespace Reconciler.Core.Tests.Payouts;

public class Resolving_a_payout
{
    [Fact]
    public void Decides_the_status_and_settles_what_people_had_before_them()
    {
        var payout = Contradicted().Resolved(3, PayoutStatus.Failed);
        payout.State!.Status.ShouldBe(PayoutStatus.Failed);
        payout.Events.OfType<PayoutStatusChanged>().Single().ShouldSatisfyAllConditions(
            move => move.Confidence.ShouldBe(Confidence.Resolved), move => move.Rule.ShouldBe(DerivationRule.Resolution));
        payout.Open.ShouldBeEmpty();
        payout.Events.OfType<DiscrepancyClosed>().ShouldAllBe(closed => closed.Reason == "Two people resolved it.");
    }

    [Fact]
    public void Is_contradicted_by_a_later_final_which_moves_nothing()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Processing).Resolved(2, PayoutStatus.Failed);
        payout.Answered(3, ObservedStatus.Succeeded);
        payout.State!.Status.ShouldBe(PayoutStatus.Failed);
        payout.Open.ShouldBe([DiscrepancyKind.Contradiction]);
        payout.Events.OfType<PayoutStatusChanged>().ShouldBeEmpty();
    }

    [Fact]
    public void Is_contradicted_even_beside_a_contradiction_that_it_settled()
    {
        var payout = Contradicted().Resolved(3, PayoutStatus.Failed);
        payout.Heard(4, ObservedStatus.Succeeded);
        payout.Open.ShouldBe([DiscrepancyKind.Contradiction]);
        payout.State!.Status.ShouldBe(PayoutStatus.Failed);
    }

    [Fact]
    public void Is_not_contradicted_by_a_later_final_that_agrees() =>
        new A_payout().Announced(0).Heard(1, ObservedStatus.Processing).Resolved(2, PayoutStatus.Failed)
            .Answered(3, ObservedStatus.Failed).Open.ShouldBeEmpty();

    [Fact]
    public void Is_not_contradicted_by_the_final_that_people_overruled() =>
        new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded).Resolved(2, PayoutStatus.Failed).Open.ShouldBeEmpty();

    [Fact]
    public void Twice_keeps_what_was_settled_the_first_time()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded, amount: Money.Of(4000, "XOF"));
        payout.Open.ShouldBe([DiscrepancyKind.AmountMismatch]);
        payout.Resolved(2, PayoutStatus.Succeeded).Answered(3, ObservedStatus.Failed);
        payout.Open.ShouldNotBeEmpty();
        payout.Resolved(4, PayoutStatus.Failed).Open.ShouldBeEmpty();
        payout.State!.Status.ShouldBe(PayoutStatus.Failed);
    }

    [Theory]
    [InlineData(PayoutStatus.Pending)]
    [InlineData(PayoutStatus.Processing)]
    public void Takes_a_final_outcome_only(PayoutStatus outcome)
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded);
        Should.Throw<ArgumentException>(() => payout.Resolved(2, outcome));
        Should.Throw<ArgumentException>(() => payout.On(new ResolutionProposed(A_payout.Id, A_payout.Minute(2), Guid.Empty, outcome, "?", "rk_1")));
    }

    [Fact]
    public void Is_neither_proposed_nor_rejected_into_a_status()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Processing);
        var before = payout.State;
        payout.On(new ResolutionProposed(A_payout.Id, A_payout.Minute(2), Guid.Empty, PayoutStatus.Failed, "It never left.", "rk_1"));
        payout.On(new ResolutionRejected(A_payout.Id, A_payout.Minute(3), Guid.Empty, "It did.", "rk_2"));
        payout.State.ShouldBe(before);
    }

    private static A_payout Contradicted()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Failed).Answered(2, ObservedStatus.Succeeded);
        payout.State!.Status.ShouldBe(PayoutStatus.Succeeded);
        payout.Open.ShouldBe([DiscrepancyKind.Contradiction]);
        return payout;
    }
}
