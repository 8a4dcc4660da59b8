using System.Text.Json;
using Reconciler.Core.Tests.Laws;

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
    public void Cuts_what_is_too_long()
    {
        var endless = new string('x', 10_000);
        var observation = (Said with { Word = endless, Reference = endless, ProviderReference = endless }).Masked(Mask);
        observation.Word.Length.ShouldBe(Statement.WordLengthMax);
        observation.Reference!.Length.ShouldBe(Statement.ReferenceLengthMax);
        observation.ProviderReference!.Length.ShouldBe(Statement.ReferenceLengthMax);
        var failure = Failure.Of(FailureCode.Other, endless, endless);
        (failure.ProviderCode!.Length, failure.Message!.Length).ShouldBe((Failure.TextLengthMax, Failure.TextLengthMax));
    }

    [Fact]
    public void Leaves_nothing_that_cannot_be_stored()
    {
        var cutInTheMiddle = new string('x', Statement.WordLengthMax - 1) + "😀";
        foreach (var hostile in new[] { cutInTheMiddle, "\uD83D", "a\0b", "\uDE00\uD83D" })
        {
            var observation = (Said with { Word = hostile }).Masked(Mask);
            observation.Word.ShouldNotContain("\0");
            observation.Word.EnumerateRunes().Select(rune => rune.ToString()).Aggregate("", string.Concat).ShouldBe(observation.Word);
            JsonSerializer.Deserialize<Observation>(Story.Text(observation), JsonShapes.Stored).ShouldBe(observation);
        }

        (Said with { Word = "été 😀" }).Masked(Mask).Word.ShouldBe("été 😀");
    }

    private static Recipient Mask(string recipient) => RecipientMask.Mask(recipient, "key"u8);
}
