using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Reconciler.Core.Tests.House;

public partial class Boundaries
{
    [Fact]
    public void The_core_references_the_runtime_only()
    {
        var references = typeof(Payout).Assembly.GetReferencedAssemblies().Select(name => name.Name!).ToList();
        references.ShouldNotBeEmpty();
        references.ShouldAllBe(name => name.StartsWith("System.", StringComparison.Ordinal));
        References("src/Reconciler.Core/Reconciler.Core.csproj").ShouldBeEmpty();
    }

    [Fact]
    public void The_core_asks_for_no_clock_no_network_and_no_file() =>
        Offences("src/Reconciler.Core", ClockOrOutside()).ShouldBeEmpty();

    [Theory]
    [InlineData("src/Reconciler.Core")]
    [InlineData("src/Reconciler.Providers")]
    [InlineData("src/Reconciler.Client")]
    public void Nothing_near_money_is_inexact(string folder) => Offences(folder, InexactNumber()).ShouldBeEmpty();

    [Fact]
    public void No_provider_names_another()
    {
        var words = Enum.GetNames<Provider>();
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "src/Reconciler.Providers"))
            .Select(folder => Path.GetFileName(folder)!)
            .Where(folder => words.Contains(folder, StringComparer.OrdinalIgnoreCase));
        foreach (var folder in folders)
        {
            var others = string.Join('|', words.Where(word => !word.Equals(folder, StringComparison.OrdinalIgnoreCase)));
            Offences($"src/Reconciler.Providers/{folder}", new Regex(others, RegexOptions.IgnoreCase)).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Streams_know_nothing_of_payouts()
    {
        OurReferences("src/Reconciler.Streams/Reconciler.Streams.csproj").ShouldBeEmpty();
        Offences("src/Reconciler.Streams", AnotherProject("Core", "Providers")).ShouldBeEmpty();
    }

    [Fact]
    public void The_providers_know_the_core_alone() =>
        OurReferences("src/Reconciler.Providers/Reconciler.Providers.csproj").ShouldBe(["Reconciler.Core"]);

    [Fact]
    public void The_client_depends_on_the_runtime_only() =>
        References("src/Reconciler.Client/Reconciler.Client.csproj").ShouldBeEmpty();

    [Fact]
    public void The_simulator_shares_no_code_with_what_it_tests()
    {
        // The client is what users read the feed with: playing a user without it would leave it untried.
        OurReferences("src/Reconciler.Simulator/Reconciler.Simulator.csproj").ShouldBe(["Reconciler.Client"]);
        File.ReadAllText(Path.Combine(Repository.Root, "src/Reconciler.Simulator/Reconciler.Simulator.csproj")).ShouldNotContain("<Compile");
        Offences("src/Reconciler.Simulator", AnotherProject("Core", "Providers", "Streams")).ShouldBeEmpty();
    }

    [Fact]
    public void The_scans_see_what_they_look_for()
    {
        InexactNumber().IsMatch("private double amount;").ShouldBeTrue();
        InexactNumber().IsMatch("reader.GetSingle()").ShouldBeTrue();
        ClockOrOutside().IsMatch("clock.GetUtcNow()").ShouldBeTrue();
        AnotherProject("Core").IsMatch("using Reconciler.Core;").ShouldBeTrue();
        Repository.Sources("src/Reconciler.Core").Count().ShouldBeGreaterThan(20);
    }

    /// <summary>File, line and text of each line of code (comments are words, not code) that the pattern finds.</summary>
    private static List<string> Offences(string folder, Regex pattern) =>
    [
        .. from source in Repository.Sources(folder)
           from line in source.Text.Split('\n').Select((text, at) => (Text: text, Number: at + 1))
           where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(line.Text)
           select $"{source.Path}:{line.Number}: {line.Text.Trim()}",
    ];

    private static List<string> OurReferences(string project) =>
        References(project).FindAll(reference => reference.StartsWith("Reconciler", StringComparison.Ordinal));

    private static List<string> References(string project) =>
    [
        .. XDocument.Load(Path.Combine(Repository.Root, project)).Descendants()
            .Where(element => element.Name.LocalName is "ProjectReference" or "PackageReference")
            .Select(element => ((string?)element.Attribute("Include"))!.Replace('\\', '/').Split('/')[^1].Replace(".csproj", "", StringComparison.Ordinal)),
    ];

    private static Regex AnotherProject(params string[] names) => new($@"\bReconciler\.({string.Join('|', names)})\b");

    [GeneratedRegex(@"(?<!\.)\bSingle\b|\b(double|float|Double|Half|GetDouble|GetSingle|TryGetDouble|TryGetSingle|ToDouble|ToSingle|MathF)\b")]
    private static partial Regex InexactNumber();

    [GeneratedRegex(@"\b(GetUtcNow|UtcNow|GetTimestamp|Stopwatch|HttpClient|HttpMessageInvoker|File\.|Environment\.|Socket|async|await)\b")]
    private static partial Regex ClockOrOutside();
}
