using Reconciler.Finance;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance;

public sealed class Asking_the_same_at_once
{
    private readonly SharedReads<int> shared = new();
    private readonly List<TaskCompletionSource> readings = [];

    [Fact]
    public async Task Is_read_once_more_for_all_who_came_while_it_was_read_and_never_told_from_before()
    {
        var first = AskAsync();
        await Waits.UntilAsync(() => Task.FromResult(readings.Count == 1));
        var later = Enumerable.Range(0, 20).Select(_ => AskAsync()).ToList();

        readings[0].SetResult();
        (await first).ShouldBe(1);
        await Waits.UntilAsync(() => Task.FromResult(readings.Count == 2));
        later.ShouldAllBe(asked => !asked.IsCompleted);
        readings[1].SetResult();

        (await Task.WhenAll(later)).ShouldAllBe(answer => answer == 2);
        var alone = AskAsync();
        await Waits.UntilAsync(() => Task.FromResult(readings.Count == 3));
        readings[2].SetResult();
        (await alone).ShouldBe(3);
    }

    [Fact]
    public async Task A_fault_is_told_to_those_who_waited_for_it_and_to_nobody_after()
    {
        var first = AskAsync();
        await Waits.UntilAsync(() => Task.FromResult(readings.Count == 1));
        var (second, gone) = (AskAsync(), AskAsync(new CancellationToken(canceled: true)));

        readings[0].SetException(new InvalidOperationException("away"));
        await Should.ThrowAsync<InvalidOperationException>(first);
        await Should.ThrowAsync<OperationCanceledException>(gone);
        await Waits.UntilAsync(() => Task.FromResult(readings.Count == 2));
        readings[1].SetResult();

        (await second).ShouldBe(2);
    }

    private Task<int> AskAsync(CancellationToken cancellation = default) => shared.ReadAsync("the same", ReadAsync, cancellation);

    private async Task<int> ReadAsync()
    {
        var reading = new TaskCompletionSource();
        readings.Add(reading);
        var number = readings.Count;
        await reading.Task;
        return number;
    }
}
