using System.Text.Json;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Wire;

public class Stored_shapes
{
    public static TheoryData<string> Names => [.. Samples.Events.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_event_is_written_as_its_golden_file_says(string name) => Golden.ShouldHold(name, Sample(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_golden_file_is_read_as_its_event(string name)
    {
        var type = Sample(name).GetType();
        Story.Text(JsonSerializer.Deserialize(Golden.Read(name), type, JsonShapes.Stored)!).ShouldBe(Story.Text(Sample(name)));
    }

    [Fact]
    public void Every_kind_of_event_is_pinned() => typeof(PayoutEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(PayoutEvent)))
        .ShouldBe(Samples.Events.Select(sample => sample.Event.GetType()).Distinct(), ignoreOrder: true);

    [Fact]
    public void Every_event_of_every_run_is_read_back_as_it_was_written() => Law.HoldsFor(Stories.Any, story =>
    {
        foreach (var happened in Story.Tell(story.Happenings).Events)
        {
            var text = Story.Text(happened);
            var read = (PayoutEvent)JsonSerializer.Deserialize(text, happened.GetType(), JsonShapes.Stored)!;
            Story.Text(read).ShouldBe(text);
            read.ObservedAt.ShouldBe(happened.ObservedAt);
        }
    });

    [Fact]
    public void A_member_that_a_later_version_adds_is_passed_over() =>
        JsonSerializer.Deserialize<DiscrepancyClosed>(Golden.Read("discrepancy_closed").Replace("\"reason\"", "\"added\": {\"a\": 1}, \"reason\"", StringComparison.Ordinal), JsonShapes.Stored)
            .ShouldBe(Sample("discrepancy_closed"));

    private static PayoutEvent Sample(string name) => Samples.Events.Single(sample => sample.Name == name).Event;
}
