namespace Reconciler.Core.Tests.Observations;

public class Storing_a_statement
{
    private static readonly Statement Said = new(
        "p-1", ObservedStatus.Failed, "FAILED", Money.Of(5, "XOF"), "+221771234567", "salary-7", "op-1",
        Failure.Of(FailureCode.Other, "E1", "no"), new DateTimeOffset(2026, 11, 21, 13, 0, 0, TimeSpan.FromHours(1)).AddTicks(17));

    [Fact]
    public void Hides_the_recipient_and_keeps_the_rest()
    {
        var observation = Said.Masked(Mask);
        observation.Recipient.ShouldBe(Mask("+221771234567"));
        (observation.Status, observation.Word, observation.Amount, observation.Reference, observation.ProviderReference, observation.Failure)
            .ShouldBe((Said.Status, Said.Word, Said.Amount, Said.Reference, Said.ProviderReference, Said.Failure));
        (Said with { Recipient = null }).Masked(Mask).Recipient.ShouldBeNull();
        (Said with { Recipient = "" }).Masked(Mask).Recipient.ShouldBeNull();
    }

    [Fact]
    public void Keeps_the_time_in_utc_to_the_microsecond()
    {
        var occurred = Said.Masked(Mask).OccurredAt.ShouldNotBeNull();
        occurred.Offset.ShouldBe(TimeSpan.Zero);
        occurred.ShouldBe(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).AddTicks(10));
    }

    [Fact]
    public void Cuts_what_is_too_long_and_never_through_a_character()
    {
        var word = new string('x', Statement.WordLengthMax - 1) + "😀";
        (Said with { Word = word }).Masked(Mask).Word.ShouldBe(new string('x', Statement.WordLengthMax - 1));
        var reference = new string('x', Statement.ReferenceLengthMax - 2) + "😀😀";
        (Said with { Reference = reference }).Masked(Mask).Reference.ShouldBe(reference[..Statement.ReferenceLengthMax]);
        Failure.Of(FailureCode.Other, new string('x', Failure.TextLengthMax - 1) + "😀", null).ProviderCode!.Length.ShouldBe(Failure.TextLengthMax - 1);
        Failure.Of(FailureCode.Other, null, new string('x', Failure.TextLengthMax + 1)).Message!.Length.ShouldBe(Failure.TextLengthMax);
    }

    private static Recipient Mask(string recipient) => RecipientMask.Mask(recipient, "key"u8);
}
