using System.Reflection;

namespace Reconciler.Core.Tests.House;

/// <summary>The sources of this repository, found from where the tests run upwards.</summary>
internal static class Repository
{
    public static string Root { get; } = Up(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);

    /// <summary>Every C# source under a folder of the repository, without what builds generate.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path))
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(segment => segment is "bin" or "obj"))
        .Order(StringComparer.Ordinal)
        .Select(path => (path, File.ReadAllText(Path.Combine(Root, path))));

    private static string Up(string folder) =>
        File.Exists(Path.Combine(folder, "Reconciler.sln"))
            ? folder
            : Up(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Reconciler.sln above the tests: run them from a checkout."));
}
