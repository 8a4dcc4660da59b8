using System.Globalization;

namespace Reconciler.Benchmarks;

/// <summary><c>--name value</c> pairs.</summary>
internal sealed class Options(Dictionary<string, string> values)
{
    internal static Options Of(string[] arguments) =>
        new(arguments.Chunk(2).ToDictionary(pair => pair[0].TrimStart('-'), pair => pair.Length == 2 ? pair[1] : ""));

    internal string? Text(string name) => values.GetValueOrDefault(name);

    internal int Number(string name, int otherwise) =>
        values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
