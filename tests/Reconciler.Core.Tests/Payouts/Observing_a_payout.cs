namespace Reconciler.Core.Tests.Payouts;

public class Observing_a_payout
{
    [Fact]
    public void The_announcement_alone_makes_it_pending_and_only_expected()
    {
        var payout = new A_payout().Announced(0);
        var move = payout.Events[1].ShouldBeOfType<PayoutStatusChanged>();
        (move.From, move.To, move.Confidence, move.StatusVersion).ShouldBe((null, PayoutStatus.Pending, Confidence.Expected, 1));
        payout.Events.Length.ShouldBe(2);
    }

    [Fact]
    public void A_final_holds_against_every_later_word_that_is_not_final()
    {
        var payout = new A_payout().Announced(0).Heard(2, ObservedStatus.Succeeded);
        payout.Heard(3, ObservedStatus.Processing).Answered(4, ObservedStatus.Pending).Answered(5, ObservedStatus.NotFound, pastGrace: true);
        payout.State!.Status.ShouldBe(PayoutStatus.Succeeded);
    }

    [Fact]
    public void A_polls_final_takes_over_from_a_webhooks_and_the_contradiction_is_shown()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded).Answered(2, ObservedStatus.Failed);
        payout.State!.Status.ShouldBe(PayoutStatus.Failed);
        var opened = payout.Events.OfType<DiscrepancyOpened>().Single();
        opened.Kind.ShouldBe(DiscrepancyKind.Contradiction);
        opened.Evidence.Length.ShouldBe(2);
        opened.Detail.ShouldBe("Webhook and status answer differ: succeeded, then failed.");
    }

    [Fact]
    public void It_is_final_since_its_first_final_whatever_final_holds_now()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded).Answered(2, ObservedStatus.Failed);
        payout.State!.FinalAt.ShouldBe(A_payout.Minute(1));
    }

    [Fact]
    public void A_move_tells_when_the_provider_says_that_it_happened_or_else_when_we_heard()
    {
        var payout = new A_payout().Announced(0);
        ((PayoutStatusChanged)payout.Events[1]).OccurredAt.ShouldBe(A_payout.Minute(0));
        var said = new Observation(ObservedStatus.Succeeded, "OK", null, null, null, null, null, A_payout.Minute(-3));
        payout.On(new PollAnswered(A_payout.Id, A_payout.Minute(2), EvidenceDigest.Of([]), 200, said, null, PastGrace: false));
        var move = (PayoutStatusChanged)payout.Events[1];
        (move.OccurredAt, move.ObservedAt).ShouldBe((A_payout.Minute(-3), A_payout.Minute(2)));
        move.Evidence.ShouldBe([EvidenceDigest.Of([])]);
    }

    [Fact]
    public void Of_two_announcements_the_earlier_holds_in_either_order()
    {
        var other = Laws.Stories.Ordered with { Reference = "salary-8" };
        new A_payout().Announced(1).Announced(0, other).State!.Expected.ShouldBe(other);
        new A_payout().Announced(0, other).Announced(1).State!.Expected.ShouldBe(other);
        new A_payout().Announced(0, other).Announced(1).State!.ExpectedAt.ShouldBe(A_payout.Minute(0));
    }

    [Fact]
    public void A_later_final_of_the_same_rank_is_a_reversal_and_moves_nothing()
    {
        var payout = new A_payout().Announced(0).Answered(1, ObservedStatus.Succeeded).Answered(2, ObservedStatus.Failed);
        payout.State!.Status.ShouldBe(PayoutStatus.Succeeded);
        payout.Open.ShouldBe([DiscrepancyKind.Reversal]);
    }

    [Theory]
    [InlineData(VerifyFinal.Contested, VerifyFinal.Always)]
    [InlineData(VerifyFinal.Never, VerifyFinal.Always)]
    [InlineData(VerifyFinal.Always, VerifyFinal.Always)]
    [InlineData(VerifyFinal.Always, VerifyFinal.Contested)]
    public void A_change_of_policy_between_two_webhooks_hides_no_reversal_and_takes_no_final_back(VerifyFinal first, VerifyFinal second)
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded, first);
        var before = payout.State!.Status!.Value;
        payout.Heard(2, ObservedStatus.Failed, second);
        if (before.IsFinal()) payout.State!.Status.ShouldBe(before);
        payout.Open.ShouldBe([DiscrepancyKind.Reversal]);
    }

    [Fact]
    public void The_same_final_under_two_policies_is_no_disagreement() =>
        new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded).Heard(2, ObservedStatus.Succeeded, VerifyFinal.Always).Open.ShouldBeEmpty();

    [Fact]
    public void A_nudge_says_nothing_whatever_it_claims()
    {
        var payout = new A_payout().Announced(0);
        var before = payout.State;
        payout.Nudged(1, ObservedStatus.Succeeded).State.ShouldBe(before);
        payout.Events.Length.ShouldBe(1);
    }

    [Fact]
    public void Registered_late_and_agreeing_it_is_unexpected_no_more()
    {
        var payout = new A_payout().Heard(1, ObservedStatus.Succeeded, amount: Money.Of(5000, "XOF"));
        payout.Open.ShouldBe([DiscrepancyKind.UnexpectedPayout]);
        payout.Announced(2).Open.ShouldBeEmpty();
        payout.Events.OfType<DiscrepancyClosed>().Single().Reason.ShouldBe("It was registered, and agrees.");
    }

    [Fact]
    public void Registered_late_and_differing_it_stays_unexpected() =>
        new A_payout().Heard(1, ObservedStatus.Succeeded, amount: Money.Of(4000, "XOF")).Announced(2)
            .Open.ShouldBe([DiscrepancyKind.UnexpectedPayout, DiscrepancyKind.AmountMismatch], ignoreOrder: true);

    [Fact]
    public void Overdue_it_is_a_case_once_which_a_final_closes()
    {
        var payout = new A_payout().Announced(0).PastTheDeadline(1440);
        payout.State!.Status.ShouldBe(PayoutStatus.Pending);
        payout.Open.ShouldBe([DiscrepancyKind.Overdue]);
        payout.On(new DiscrepancyOpened(A_payout.Id, A_payout.Minute(1441), Guid.Empty, DiscrepancyKind.Overdue, [], "Another node's clock."))
            .Open.ShouldBe([DiscrepancyKind.Overdue]);
        payout.Answered(1500, ObservedStatus.Succeeded).Open.ShouldBeEmpty();
        payout.Events.OfType<DiscrepancyClosed>().Single().Reason.ShouldBe("A final word came.");
    }

    [Fact]
    public void Not_known_past_the_grace_period_it_is_a_case_until_the_provider_knows_it()
    {
        var payout = new A_payout().Announced(0).Answered(1, ObservedStatus.NotFound);
        payout.State!.OpenCases.ShouldBeEmpty();
        payout.Answered(20, ObservedStatus.NotFound, pastGrace: true).Open.ShouldBe([DiscrepancyKind.NotFound]);
        payout.State!.Status.ShouldBe(PayoutStatus.Pending);
        payout.Answered(21, ObservedStatus.Processing).Open.ShouldBeEmpty();
    }

    [Fact]
    public void One_delivery_id_with_two_bodies_is_an_altered_delivery() =>
        new A_payout().Announced(0).Heard(1, ObservedStatus.Processing, deliveryId: "d-1").Heard(2, ObservedStatus.Succeeded, deliveryId: "d-1")
            .Open.ShouldBe([DiscrepancyKind.AlteredDelivery]);

    [Fact]
    public void The_same_disagreement_again_is_a_case_with_another_id()
    {
        var payout = new A_payout().Heard(5, ObservedStatus.Processing, amount: Money.Of(4000, "XOF"));
        payout.Announced(6, Laws.Stories.Ordered with { Amount = Money.Of(4000, "XOF") }).Open.ShouldBeEmpty();
        payout.Answered(7, ObservedStatus.Succeeded, amount: Money.Of(4001, "XOF"));
        payout.State!.Cases.Where(known => known.Kind == DiscrepancyKind.UnexpectedPayout).Select(known => (known.Open, known.Id)).ShouldBeUnique();
        payout.State!.Cases.Count(known => known.Kind == DiscrepancyKind.UnexpectedPayout).ShouldBe(2);
    }
}
