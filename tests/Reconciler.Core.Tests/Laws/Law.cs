using FsCheck;
using FsCheck.Fluent;

namespace Reconciler.Core.Tests.Laws;

internal static class Law
{
    private const int StoriesTried = 500;

    /// <summary>Tries the law on many generated values; a failure names the smallest story that breaks it and the seed to repeat it with.</summary>
    public static void HoldsFor<T>(Arbitrary<T> all, Action<T> law) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(StoriesTried), Prop.ForAll(all, law));

    public static void HoldsFor<T>(Gen<T> all, Action<T> law) => HoldsFor(all.ToArbitrary(), law);
}
