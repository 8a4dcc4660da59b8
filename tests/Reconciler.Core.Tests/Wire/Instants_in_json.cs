using System.Text.Json;

namespace Reconciler.Core.Tests.Wire;

public class Instants_in_json
{
    [Theory]
    [InlineData("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z")]
    [InlineData("2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.5Z")]
    [InlineData("2026-11-21T10:00:00.123456Z", "2026-11-21T10:00:00.123456Z")]
    [InlineData("2026-11-21T10:00:00.1234567Z", "2026-11-21T10:00:00.123456Z")]
    [InlineData("2026-11-21T10:00:00.000000+00:00", "2026-11-21T10:00:00Z")]
    [InlineData("2026-11-21T11:30:00+01:30", "2026-11-21T10:00:00Z")]
    [InlineData("2026-11-21T00:00:00-05:00", "2026-11-21T05:00:00Z")]
    public void Are_utc_with_z_to_the_microsecond(string read, string written)
    {
        var instant = JsonSerializer.Deserialize<DateTimeOffset>($"\"{read}\"", JsonShapes.Stored);
        instant.Offset.ShouldBe(TimeSpan.Zero);
        JsonSerializer.Serialize(instant, JsonShapes.Stored).ShouldBe($"\"{written}\"");
    }

    [Theory]
    [InlineData("\"2026-11-21T10:00:00\"")]
    [InlineData("\"2026-11-21\"")]
    [InlineData("\"2026-11-21 10:00:00Z\"")]
    [InlineData("\"21/11/2026\"")]
    [InlineData("\"2026-02-30T10:00:00Z\"")]
    [InlineData("\"\"")]
    [InlineData("1763719200")]
    [InlineData("null")]
    public void Without_a_zone_they_are_none(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>(json, JsonShapes.Stored));

    [Fact]
    public void An_event_keeps_no_more_than_is_stored()
    {
        var happened = new DiscrepancyClosed(PayoutId.Parse("a/b"), new DateTimeOffset(2026, 11, 21, 11, 0, 0, TimeSpan.FromHours(1)).AddTicks(19), Guid.Empty, DiscrepancyKind.Overdue, "");
        happened.ObservedAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).AddTicks(10));
        happened.ObservedAt.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void An_announcement_says_the_same_as_its_own_stored_form()
    {
        var sent = new Expectation("r", Money.Of(1, "XOF"), null, new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).AddTicks(1), null);
        var stored = JsonSerializer.Deserialize<Expectation>(JsonSerializer.Serialize(sent, JsonShapes.Stored), JsonShapes.Stored)!;
        stored.SaysTheSameAs(sent).ShouldBeTrue();
        stored.SaysTheSameAs(sent with { Reference = "s" }).ShouldBeFalse();
        stored.SaysTheSameAs(sent with { Amount = Money.Of(2, "XOF") }).ShouldBeFalse();
        stored.SaysTheSameAs(sent with { InitiatedAt = null }).ShouldBeFalse();
        stored.SaysTheSameAs(sent with { Recipient = new Recipient("•••••", "00") }).ShouldBeFalse();
        stored.SaysTheSameAs(sent with { Metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("a", "b") }).ShouldBeFalse();
        stored.SaysTheSameAs(sent with { Metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty }).ShouldBeTrue();
    }
}
