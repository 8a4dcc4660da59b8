using System.Reflection;

namespace Reconciler.Streams;

/// <summary>One SQL script that brings the event tables into being.</summary>
/// <param name="Name">File name; scripts apply in the ordinal order of their names, each once.</param>
/// <param name="Sql">Statements that may run in one transaction.</param>
public sealed record SchemaScript(string Name, string Sql);

/// <summary>The event tables' scripts, carried in the assembly so that a migration runner needs no files on disk.</summary>
public static class SchemaScripts
{
    /// <summary>All scripts in the order in which they apply.</summary>
    public static IReadOnlyList<SchemaScript> All { get; } = Load(typeof(SchemaScripts).Assembly);

    private static SchemaScript[] Load(Assembly assembly) =>
        [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SchemaScript(name, Read(assembly, name)))];

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
