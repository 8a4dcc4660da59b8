using System.Text.Json;
using System.Text.Json.Nodes;
using Reconciler.Core.Tests.House;

namespace Reconciler.Core.Tests.Wire;

/// <summary>
/// Compares JSON with a golden file, text for text (golden files are indented for people; the order and spelling of every member
/// counts). A stored shape that changes is a decision: change the file by hand, and say how streams that are already written are read.
/// </summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Wire", "Golden", $"{name}.json"));

    public static void ShouldHold(string name, object value)
    {
        var written = JsonNode.Parse(JsonSerializer.Serialize(value, value.GetType(), JsonShapes.Stored))!.ToJsonString(Indented) + "\n";
        var pinned = File.Exists(Path.Combine(AppContext.BaseDirectory, "Wire", "Golden", $"{name}.json")) ? Read(name) : "(there is no such file)\n";
        if (written == pinned) return;
        var path = Path.Combine(Repository.Root, "tests/Reconciler.Core.Tests/Wire/Golden", $"{name}.json");
        Assert.Fail($"{path} pins:\n{pinned}\nbut what is written now is:\n{written}");
    }
}
