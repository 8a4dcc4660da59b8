using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Payouts;

public class Saying_why
{
    [Fact]
    public void Nobody_has_spoken_yet() => Sentence(new A_payout().Announced(0)).ShouldBe(
        "Our own side announced the payout, and the provider has not said a word about it yet.");

    [Fact]
    public void Only_odd_words_have_come() => Sentence(new A_payout().Announced(0).Heard(1, ObservedStatus.Unrecognised)).ShouldBe(
        "The provider has spoken of the payout, but has said nothing yet that counts as a status."
        + " People still have to look at this: the provider used a word that we cannot read yet.");

    [Fact]
    public void A_webhook_says_that_it_is_on_its_way() => Sentence(new A_payout().Announced(0).Heard(1, ObservedStatus.Processing)).ShouldBe(
        "No final word has come yet; in a signed message (webhook) of 2026-11-21 12:01:00 UTC the provider says that the payout is being processed.");

    [Fact]
    public void A_webhooks_final_holds() => Sentence(new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded)).ShouldBe(
        "In a signed message (webhook) of 2026-11-21 12:01:00 UTC the provider says that the payout succeeded; to our own request it has given no final answer.");

    [Fact]
    public void A_webhooks_final_waits_for_the_providers_answer()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded, VerifyFinal.Always);

        Sentence(payout).ShouldBe(
            "The provider has spoken of the payout, but has said nothing yet that counts as a status."
            + " A signed message (webhook) of 2026-11-21 12:01:00 UTC says that it succeeded, which counts only once the provider has answered our own request.");
        Of(payout).Evidence.Single().Bearing.ShouldBe(Bearing.Unverified);
        Next(payout, 2).ShouldBe("The provider is asked on 2026-11-21 12:02:00 UTC, to confirm what its webhook said.");
    }

    [Fact]
    public void An_answer_holds_over_a_webhook_that_says_otherwise()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Processing).Heard(2, ObservedStatus.Failed).Answered(3, ObservedStatus.Succeeded);

        Sentence(payout).ShouldBe(
            "Asked by us on 2026-11-21 12:03:00 UTC, the provider answered that the payout succeeded."
            + " Against it, a signed message (webhook) of 2026-11-21 12:02:00 UTC says that it failed; the first answer to our own request holds until people decide."
            + " People still have to look at this: the provider's messages and its answers name different outcomes.");
        Of(payout).Evidence.Select(weighed => weighed.Bearing).ShouldBe([Bearing.Overtaken, Bearing.Contradicts, Bearing.Decides]);
        Next(payout, 4).ShouldBe("The provider is asked once more on 2026-11-21 12:04:00 UTC, in case the money came back.");
    }

    [Fact]
    public void A_webhook_that_agrees_with_the_answer_speaks_for_it()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded).Answered(2, ObservedStatus.Succeeded);

        Of(payout).Evidence.Select(weighed => weighed.Bearing).ShouldBe([Bearing.Agrees, Bearing.Decides]);
        Of(payout).Evidence.ShouldAllBe(weighed => weighed.IsFor && !weighed.IsAgainst);
    }

    [Fact]
    public void People_have_decided()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Failed).Answered(2, ObservedStatus.Succeeded).Resolved(3, PayoutStatus.Failed);

        Sentence(payout).ShouldBe(
            "Two people decided on 2026-11-21 12:03:00 UTC that the payout failed."
            + " Against it, an answer of the provider of 2026-11-21 12:02:00 UTC says that it succeeded; what people decided holds.");
        Why.Next(payout.State!, Derivation.Derive(payout.State!), null).ShouldBe("Nothing: people have decided, and the provider is not asked again.");
    }

    [Fact]
    public void People_are_named_where_they_are_known()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Failed).Resolved(3, PayoutStatus.Failed);

        Why.Of(payout.State!, Derivation.Derive(payout.State!), new PeoplesDecision("Ada", A_payout.Minute(2), "No debit.", "Grace")).Sentence.ShouldBe(
            "Two people decided that the payout failed: Ada proposed it on 2026-11-21 12:02:00 UTC, saying “No debit.”, and Grace approved it on 2026-11-21 12:03:00 UTC.");
    }

    [Fact]
    public void What_disagrees_and_what_people_accepted_is_said()
    {
        var payout = new A_payout().Announced(0).Heard(1, ObservedStatus.Processing, amount: Money.Of(4000, "XOF"));
        Sentence(payout).ShouldEndWith(" People still have to look at this: the amount differs.");

        payout.On(new ResolutionApproved(A_payout.Id, A_payout.Minute(2), Guid.Empty, null, "rk_2",
            [.. Discrepancies.Of(payout.State!, Derivation.Derive(payout.State!)).Select(one => new SettledDiscrepancy(one.Kind, one.Evidence))]));
        Sentence(payout).ShouldEndWith(" Two people accepted as it is: the amount differs.");
    }

    [Fact]
    public void What_comes_next_is_told_for_each_case()
    {
        Next(new A_payout().Announced(0), 1).ShouldBe("The provider is asked on 2026-11-21 12:01:00 UTC, unless a webhook comes before.");
        Next(new A_payout().Announced(0).PastTheDeadline(1), 2).ShouldBe(
            "The provider is asked again on 2026-11-21 12:02:00 UTC, at the slowest pace, since the payout is overdue.");
        Next(new A_payout().Announced(0).Heard(1, ObservedStatus.Succeeded, amount: Money.Of(4000, "XOF")), 2).ShouldBe(
            "The provider is asked on 2026-11-21 12:02:00 UTC, because the evidence does not agree.");
        Next(new A_payout().Announced(0).Answered(1, ObservedStatus.Succeeded), null).ShouldBe(
            "Nothing: the status is final, and all checks after it have been made.");
        Next(new A_payout().Announced(0), null).ShouldBe("Nothing is planned until the provider sends a word.");
    }

    [Fact]
    public void Whatever_is_heard_every_claim_is_weighed_once_and_what_decided_speaks_for_it() => Law.HoldsFor(Stories.Any, story =>
    {
        if (Story.Tell(story.Happenings).Payout is not { } payout) return;
        var derived = Derivation.Derive(payout);
        var why = Why.Of(payout, derived);
        why.Sentence.ShouldEndWith(".");
        why.Evidence.Select(weighed => weighed.Claim).ShouldBe(payout.Claims.All, ignoreOrder: true);
        why.Evidence.Any(weighed => weighed.Bearing == Bearing.Decides).ShouldBe(!derived.Evidence.IsEmpty);
        why.Evidence.ShouldAllBe(weighed => !weighed.IsFor || weighed.Claim.Status == derived.Status);
        why.Evidence.ShouldAllBe(weighed => !weighed.IsAgainst || (weighed.Claim.Status.IsFinal() && weighed.Claim.Status != derived.Status));
    });

    private static Why Of(A_payout payout) => Why.Of(payout.State!, Derivation.Derive(payout.State!));

    private static string Sentence(A_payout payout) => Of(payout).Sentence;

    private static string Next(A_payout payout, int? at) =>
        Why.Next(payout.State!, Derivation.Derive(payout.State!), at is { } minute ? A_payout.Minute(minute) : null);
}
