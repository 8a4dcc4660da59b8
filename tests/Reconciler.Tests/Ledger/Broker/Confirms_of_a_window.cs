using FsCheck;
using FsCheck.Fluent;
using Reconciler.Ledger.Broker;

namespace Reconciler.Tests.Ledger.Broker;

public sealed class Confirms_of_a_window
{
    private const int Start = 1000;

    [Fact]
    public void In_any_order_alone_or_together_tell_up_to_where_all_is_confirmed() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Confirms().ToArbitrary(), HoldsFor));

    [Fact]
    public void Of_what_was_not_sent_are_refused()
    {
        var window = new ConfirmWindow(Start);
        window.Add(Start + 1);

        Should.Throw<InvalidOperationException>(() => window.Confirm(2, multiple: false));
        Should.Throw<InvalidOperationException>(() => window.Confirm(0, multiple: false));
        Should.Throw<InvalidOperationException>(() => window.Add(Start + 3));
        window.Confirm(0, multiple: true).ShouldBeTrue();
        window.Outstanding.ShouldBe(0);
    }

    // Beside the window stands the plain truth: the set of all numbers that were confirmed.
    private static bool HoldsFor((int Sent, (int Number, bool Multiple)[] Confirms) run)
    {
        var window = new ConfirmWindow(Start);
        for (var number = 1; number <= run.Sent; number++) window.Add(Start + number);
        var known = new HashSet<int>();
        foreach (var (number, multiple) in run.Confirms)
        {
            var before = window.Confirmed;
            var moved = window.Confirm((ulong)number, multiple);
            known.UnionWith(multiple ? Enumerable.Range(1, number) : [number]);
            var upTo = Enumerable.Range(1, run.Sent).TakeWhile(known.Contains).Count();
            if (window.Confirmed != Start + upTo || window.Outstanding != run.Sent - known.Count || moved != window.Confirmed > before) return false;
        }

        return true;
    }

    private static Gen<(int Sent, (int Number, bool Multiple)[] Confirms)> Confirms() =>
        from sent in Gen.Choose(1, 12)
        from confirms in Gen.Choose(1, sent).SelectMany(number => Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true))).Select(multiple => (number, multiple))).ArrayOf()
        select (sent, confirms);
}
