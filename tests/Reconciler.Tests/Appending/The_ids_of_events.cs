using Reconciler.Appending;

namespace Reconciler.Tests.Appending;

public sealed class The_ids_of_events
{
    [Fact]
    public void Are_of_version_7_and_of_their_moment()
    {
        for (var number = 0; number < 1000; number++)
        {
            var at = Words.Noon.AddMilliseconds(number * 7919L);
            var id = EventIds.NewAt(at);
            id.Version.ShouldBe(7);
            (id.Variant & 0b1100).ShouldBe(0b1000);
            DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(id.ToString("N")[..12], 16)).ShouldBe(at);
        }
    }

    [Fact]
    public void Are_never_the_same_on_any_thread()
    {
        var ids = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8)
            .SelectMany(_ => Enumerable.Range(0, 5000).Select(_ => EventIds.NewAt(Words.Noon)).ToList()).ToList();
        ids.Distinct().Count().ShouldBe(40_000);
    }
}
