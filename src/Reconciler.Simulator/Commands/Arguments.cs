using System.Globalization;

namespace Reconciler.Simulator.Commands;

/// <summary>A command's options, each read once and strictly: a misspelt one is an error, not ignored.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <param name="flags">Options that take no value.</param>
    /// <exception cref="UsageException">An option is unknown, twice there, or lacks its value.</exception>
    public Arguments(string[] args, string[] options, string[] flags)
    {
        for (var at = 0; at < args.Length; at++)
        {
            var (name, value) = args[at].Split('=', 2) is [var left, var right] ? (left, right) : (args[at], null);
            if (flags.Contains(name) && value is null)
            {
                value = "true";
            }
            else if (!options.Contains(name))
            {
                throw new UsageException($"There is no option \"{name}\" here.");
            }
            else if (value is null)
            {
                value = at + 1 < args.Length ? args[++at] : throw new UsageException($"{name} needs a value.");
            }

            if (!_values.TryAdd(name, value))
            {
                throw new UsageException($"{name} is given twice.");
            }
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <param name="variable">The environment variable that stands in where the option is absent.</param>
    public string? Text(string name, string? variable = null) => _values.TryGetValue(name, out var value)
        ? value
        : variable is null || Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } set ? null : set;

    public long Number(string name, string? variable, long fallback, long from, long to)
    {
        var text = Text(name, variable);
        return text is null ? fallback
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
                ? number
                : throw new UsageException($"{name} is a whole number from {from} to {to}, not \"{text}\".");
    }

    public decimal Factor(string name, string? variable, decimal fallback, decimal to)
    {
        var text = Text(name, variable);
        return text is null ? fallback
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var factor) && factor <= to
                ? factor
                : throw new UsageException($"{name} is a number from 0 to {to}, not \"{text}\".");
    }

    public bool Switch(string name, string? variable) => Text(name, variable)?.ToLowerInvariant() switch
    {
        null or "off" or "false" => false,
        "on" or "true" => true,
        _ => throw new UsageException($"{name} is on or off."),
    };

    public Uri Url(string name, string? variable, string fallback)
    {
        var text = Text(name, variable) ?? fallback;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UsageException($"{name} is an absolute http or https URL, not \"{text}\".");
    }
}

/// <summary>The command line cannot be followed; the message says why.</summary>
public sealed class UsageException(string message) : Exception(message);
