using System.Globalization;

namespace Reconciler.Tests.Personal;

/// <summary>Who is paid in the run: one person per connection, with names, numbers and addresses that stand nowhere else.</summary>
internal sealed record KnownPerson(string Connection, string Digits, string Name, string Mail)
{
    public static IReadOnlyList<KnownPerson> On(IEnumerable<string> connections) =>
    [
        .. connections.Select((connection, at) => new KnownPerson(
            connection, string.Create(CultureInfo.InvariantCulture, $"22177{4_090_217 + (at * 1_010_101)}"), $"Ndeye Wolimata{(char)('a' + at)}", $"ndeye.{at}@wolimata.example")),
    ];

    public string Spaced => $"{Digits[..3]} {Digits[3..5]} {Digits[5..8]} {Digits[8..10]} {Digits[10..]}";

    /// <summary>As it may stand anywhere: with the country, without it, with blanks.</summary>
    public IEnumerable<string> Words => [Digits, Digits[3..], Spaced, Spaced[4..], Name, Mail];

    /// <summary>What a careless provider may write.</summary>
    public string Complaint => $"No wallet of {Spaced} ({Mail})";
}
