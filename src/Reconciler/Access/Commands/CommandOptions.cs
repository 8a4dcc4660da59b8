namespace Reconciler.Access.Commands;

/// <summary>What follows a command's verb: words, and options that take a value or none.</summary>
internal sealed class CommandOptions
{
    private readonly List<(string Name, string Value)> given = [];
    private readonly List<string> words = [];

    /// <param name="valued">Options that take a value.</param>
    /// <param name="flags">Options that take none.</param>
    /// <exception cref="CommandFault">There is no such option, or its value is missing.</exception>
    public CommandOptions(ReadOnlySpan<string> args, string[] valued, string[] flags)
    {
        for (var at = 0; at < args.Length; at++)
        {
            var name = args[at];
            if (!name.StartsWith("--", StringComparison.Ordinal)) words.Add(name);
            else if (flags.Contains(name)) given.Add((name, ""));
            else if (valued.Contains(name) && at + 1 < args.Length) given.Add((name, args[++at]));
            else throw new CommandFault($"{name}: there is no such option here, or its value is missing.\n\n{AccessCommand.Help}");
        }
    }

    public IReadOnlyList<string> Words => words;

    public bool Has(string name) => given.Any(option => option.Name == name);

    public string? One(string name) => given.LastOrDefault(option => option.Name == name).Value;

    public IReadOnlyList<string> Many(string name) => [.. given.Where(option => option.Name == name).Select(option => option.Value)];
}
