using Reconciler.Core;

namespace Reconciler.Providers.Tests;

public sealed class Knowing_the_providers
{
    [Fact]
    public void Every_provider_is_in_the_catalog_once()
    {
        ProviderCatalog.All.Select(provider => provider.Key).ShouldBe(Enum.GetValues<Provider>(), ignoreOrder: true);
        foreach (var provider in Enum.GetValues<Provider>()) ProviderCatalog.For(provider).Key.ShouldBe(provider);
    }

    [Fact]
    public void No_provider_names_another()
    {
        string[] names = ["CaurisFlux", "AwdPay", "Zayono", "PawaPay", "ZoPay"];
        foreach (var name in names)
            foreach (var file in Sources(name))
            {
                var text = File.ReadAllText(file);
                foreach (var other in names.Where(other => other != name)) text.ShouldNotContain(other, Shouldly.Case.Insensitive, Path.GetFileName(file));
            }
    }

    [Fact]
    public void Every_provider_has_the_same_files()
    {
        foreach (var folder in new[] { "CaurisFlux", "AwdPay", "Zayono", "PawaPay", "ZoPay" })
        {
            var files = Sources(folder).Select(Path.GetFileNameWithoutExtension).ToList();
            foreach (var part in new[] { "Provider", "Client", "Messages", "Translation" }) files.ShouldContain(folder + part);
        }
    }

    [Fact]
    public void No_binary_fraction_stands_near_money()
    {
        foreach (var file in Sources("."))
            File.ReadAllText(file).Split([' ', '(', ')', '<', '>', '.', ',', ';', '?', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Intersect(["double", "float", "Double", "GetDouble", "TryGetDouble", "GetSingle", "TryGetSingle", "ToDouble", "ToSingle"])
                .ShouldBeEmpty(file);
    }

    private static string[] Sources(string folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Reconciler.sln"))) root = root.Parent.ShouldNotBeNull();
        var files = Directory.GetFiles(Path.Combine(root.FullName, "src", "Reconciler.Providers", folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).ToArray();
        files.ShouldNotBeEmpty();
        return files;
    }
}
