using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Database;

/// <summary>One step of the schema, <c>NNNN-name.sql</c>. The number orders it among the steps of all sources.</summary>
public sealed partial record MigrationScript(string Name, string Sql)
{
    /// <summary>SHA-256 of the text, hex. Line ends do not count: a checkout may turn them.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The steps that are embedded in an assembly, in no particular order.</summary>
    public static IEnumerable<MigrationScript> In(Assembly assembly)
    {
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (FileName().Match(resource) is { Success: true } file)
            {
                using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                yield return new MigrationScript(file.Value, text.ReadToEnd());
            }
        }
    }

    [GeneratedRegex(@"(?<![0-9])\d{4}-[a-z0-9-]+\.sql$")]
    private static partial Regex FileName();
}
