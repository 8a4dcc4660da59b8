namespace Reconciler.Verifying;

/// <summary>Something that is not as it must be.</summary>
/// <param name="Check">Which check found it: a stable word.</param>
/// <param name="Subject">The payout, position, move or period that is meant.</param>
/// <param name="Detail">What differs.</param>
public sealed record Finding(string Check, string Subject, string Detail)
{
    public override string ToString() => $"{Check}: {Subject}: {Detail}";
}

/// <summary>Takes findings as they come, from any thread: all are counted, the first are told, one at a time.</summary>
internal sealed class Findings(Action<Finding> tell)
{
    private const int ToldMax = 1_000;

    private readonly Lock telling = new();
    private long count;

    internal long Count => Interlocked.Read(ref count);

    internal void Add(string check, string subject, string detail)
    {
        lock (telling)
        {
            if (++count <= ToldMax) tell(new Finding(check, subject, detail));
        }
    }

    internal void Unless(bool holds, string check, string subject, string detail)
    {
        if (!holds) Add(check, subject, detail);
    }

    internal void Same<T>(T expected, T found, string check, string subject, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
            Add(check, subject, $"{what} is {Shown(found)}, and should be {Shown(expected)}");
    }

    private static string Shown<T>(T value) => value switch
    {
        null => "nothing",
        DateTimeOffset at => Core.InstantConverter.Text(at),
        string { Length: > 200 } text => $"'{text[..200]}…'",
        string text => $"'{text}'",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
