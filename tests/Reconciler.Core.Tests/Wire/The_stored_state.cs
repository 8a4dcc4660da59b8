using Reconciler.Core.Tests.House;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Wire;

/// <summary>The compact layout is stored: what it was must be readable, or the layout gets another number and the streams are folded again.</summary>
public class The_stored_state
{
    private const int BytesALine = 32;
    private static readonly string Pinned = Path.Combine("tests", "Reconciler.Core.Tests", "Wire", "Golden", "payout-state.hex");

    [Fact]
    public void Is_written_as_its_golden_file_says() =>
        string.Join('\n', PayoutState.Write(Samples.State).Chunk(BytesALine).Select(Convert.ToHexStringLower)).ShouldBe(File.ReadAllText(Path.Combine(Repository.Root, Pinned)).TrimEnd());

    [Fact]
    public void Is_read_as_it_was_written() => Law.HoldsFor(Stories.Any, story =>
    {
        if (Story.Tell(story.Happenings).Payout is not { } payout) return;
        Story.Text(PayoutState.Read(payout.Id, PayoutState.Write(payout))).ShouldBe(Story.Text(payout));
    });

    [Fact]
    public void That_ends_too_early_or_too_late_is_refused()
    {
        var whole = PayoutState.Write(Samples.State);
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Should.Throw<InvalidDataException>(() => PayoutState.Read(Samples.State.Id, cut));
        }

        Should.Throw<InvalidDataException>(() => PayoutState.Read(Samples.State.Id, [.. whole, 0]));
    }

    [Fact]
    public void Of_another_layout_is_refused() =>
        Should.Throw<InvalidDataException>(() => PayoutState.Read(Samples.State.Id, [PayoutState.Layout + 1, 0, 0, 0])).Message.ShouldContain("layout");

    [Theory]
    [InlineData("pending processing succeeded failed cancelled expired", typeof(PayoutStatus))]
    [InlineData("webhook_to_verify webhook poll", typeof(ClaimSource))]
    [InlineData("amount currency recipient reference provider_reference unrecognised_word not_found delivery", typeof(FactKind))]
    [InlineData("recipient_invalid recipient_blocked merchant_funds recipient_limit provider_fault cancelled_by_merchant other", typeof(FailureCode))]
    [InlineData("contradiction reversal amount_mismatch currency_mismatch recipient_mismatch unexpected_payout unrecognised_status not_found overdue altered_delivery", typeof(DiscrepancyKind))]
    public void Holds_enums_by_numbers_that_never_change(string words, Type type) =>
        string.Join(' ', Enum.GetValues(type).Cast<object>().OrderBy(Convert.ToInt32)
            .Select(value => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!))).ShouldBe(words);
}
