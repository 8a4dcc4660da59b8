using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Core.Tests.Laws;

internal static class Law
{
    private const int StoriesTried = 1000;

    // Short stories: in a long one every kind of evidence stands already, and one piece more or less makes no difference.
    private const int HappeningsMax = 20;

    /// <summary>Tries the law on many generated values; a failure names the smallest story that breaks it and the seed to repeat it with.</summary>
    public static void HoldsFor<T>(Arbitrary<T> all, Action<T> law) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(StoriesTried).WithEndSize(HappeningsMax), Prop.ForAll(all, law));

    public static void HoldsFor<T>(Gen<T> all, Action<T> law) => HoldsFor(all.ToArbitrary(), law);
}
