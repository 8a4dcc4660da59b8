using System.Text.Json;
using Reconciler.Connections;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Reads the JSON object that an operator sent; an empty body is an empty object.</summary>
internal static class SubscriptionBody
{
    internal const int BytesMax = 64 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>What <paramref name="read"/> makes of it, or the refusal that names every problem.</summary>
    internal static async Task<(T? Given, Problem? Refused)> ReadAsync<T>(
        HttpRequest request, Func<MemberReader, List<SettingProblem>, T?> read, CancellationToken cancellation) where T : class
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        var problems = new List<SettingProblem>();
        var given = Read(body.Length == 0 ? "{}"u8.ToArray() : body.GetBuffer().AsMemory(0, (int)body.Length), read, problems);
        return given is not null && problems.Count == 0
            ? (given, null)
            : (null, Problem.Invalid([.. problems.DistinctBy(problem => problem.Field).Select(problem => new FieldProblem(problem.Field, problem.Problem))]));
    }

    private static T? Read<T>(ReadOnlyMemory<byte> json, Func<MemberReader, List<SettingProblem>, T?> read, List<SettingProblem> problems)
        where T : class
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, Strict);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object) return read(new MemberReader(parsed.RootElement, "", problems), problems);
            problems.Add(new SettingProblem("", "A JSON object is needed."));
        }
        catch (JsonException)
        {
            problems.Add(new SettingProblem("", "This is no JSON, or a member stands in it twice."));
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json finds broken UTF-8 and lone surrogates only when the text is taken.
            problems.Add(new SettingProblem("", "A text in it is not valid Unicode."));
        }

        return null;
    }
}
