using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Reconciler.Hosting;

namespace Reconciler.Tests.Hosting;

/// <summary>
/// Pins an answer, status, type and body, by a file that people read and review. With <c>WRITE_GOLDEN=1</c> in the environment the files
/// are written anew. Random ids become <c>uuid</c> and <c>trace</c>; times are the stopped clock's, and stay.
/// </summary>
public static partial class Golden
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task ShouldMatchAsync(HttpResponseMessage response, string name)
    {
        var body = await response.Content.ReadAsStringAsync();
        var shown = new JsonObject
        {
            ["status"] = (int)response.StatusCode,
            ["contentType"] = response.Content.Headers.ContentType?.ToString(),
            ["body"] = response.Content.Headers.ContentType?.MediaType is "application/json" or Problem.ContentType ? JsonNode.Parse(body) : body,
        };
        ShouldMatch(shown, name);
    }

    /// <summary>Pins what goes out otherwise than as an answer.</summary>
    public static void ShouldMatch(JsonNode shown, string name)
    {
        var text = Trace().Replace(Uuid().Replace(shown.ToJsonString(Readable), "uuid"), "\"traceId\": \"trace\"");
        ShouldMatch(text + "\n", name);
    }

    private static void ShouldMatch(string text, string name)
    {
        var file = Path.Combine(Folder(), name + ".json");
        if (Environment.GetEnvironmentVariable("WRITE_GOLDEN") == "1") File.WriteAllText(file, text);
        File.Exists(file).ShouldBeTrue($"There is no golden file {name}: run with WRITE_GOLDEN=1 and review it.");
        text.ShouldBe(File.ReadAllText(file), $"The answer is not the one of the golden file {name}.");
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden");

    [GeneratedRegex("\"traceId\": \"[0-9a-f]{32}\"")]
    private static partial Regex Trace();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();
}
