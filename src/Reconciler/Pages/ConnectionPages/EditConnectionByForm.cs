using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Reconciler.Access;
using Reconciler.Access.Audit;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Pages.AccessPages;
using Reconciler.Pages.Reading;
using Reconciler.Providers;

namespace Reconciler.Pages.ConnectionPages;

/// <summary>Makes, changes and deletes connections by forms: what a form says becomes the same document that the API takes.</summary>
internal sealed class EditConnectionByForm(ConnectionStore store, ConnectionEditor editor, ConnectionRegistry registry, AuditLog audit)
{
    private const string Settings = "/connections/{connection}/settings";

    private static readonly Problem Overtaken = Problem.Invalid(
        "", "Somebody changed this connection since you opened the form. What you see now is how it stands with your changes: look at it, and save again.");

    private readonly ConnectionStore store = store;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription();
        pages.MapGet(Addresses.NewConnection, (string? provider, HttpContext context) => MayMake(context) ? NewPage(provider, null, null, [], []) : Results.NotFound())
            .RequireScope(Scope.Admin);
        pages.MapPost(Addresses.NewConnection, (HttpContext context, EditConnectionByForm edit, CancellationToken cancellation) => edit.MakeAsync(context, cancellation))
            .RequireScope(Scope.Admin).RequireForm();
        pages.MapGet(Settings, (string connection, HttpContext context, EditConnectionByForm edit, CancellationToken cancellation) =>
            edit.ForAsync(connection, context, row => Task.FromResult(edit.ShowPage(row)), cancellation)).RequireScope(Scope.Admin);
        pages.MapPost(Settings, (string connection, HttpContext context, EditConnectionByForm edit, CancellationToken cancellation) =>
            edit.ForAsync(connection, context, row => edit.ChangeAsync(row, context, cancellation), cancellation)).RequireScope(Scope.Admin).RequireForm();
        pages.MapPost("/connections/{connection}/delete", (string connection, HttpContext context, EditConnectionByForm edit, CancellationToken cancellation) =>
            edit.ForAsync(connection, context, row => edit.DeleteAsync(row, context, cancellation), cancellation)).RequireScope(Scope.Admin).RequireForm();
    }

    // Who may see some connections only may not make others.
    private static bool MayMake(HttpContext context) => context.Actor().Connections.Keys is null;

    private async Task<IResult> ForAsync(string connection, HttpContext context, Func<ConnectionRow, Task<IResult>> answer, CancellationToken cancellation) =>
        ConnectionKey.TryParse(connection, out var key) && context.Actor().Connections.Allow(key) && await store.FindAsync(key, cancellation) is { } row
            ? await answer(row)
            : Results.NotFound();

    private async Task<IResult> MakeAsync(HttpContext context, CancellationToken cancellation)
    {
        if (!MayMake(context)) return Results.NotFound();
        var (form, word) = (context.Request.Form, context.Request.Form["provider"].ToString());
        if (!EnumWords<Provider>.TryParse(word, out var provider)) return NewPage(null, null, null, [], []);
        var values = Given(form, provider);
        var name = form["key"].ToString().Trim();
        if (!ConnectionKey.TryParse(name, out var key)) return NewPage(word, name, EditConnections.KeyRule, values, []);
        if (await store.FindAsync(key, cancellation) is not null) return NewPage(word, name, "There is a connection of this name already.", values, []);
        var json = Document(new JsonObject { ["provider"] = word }, provider, values);
        var outcome = await editor.PutAsync(key, json, cancellation, new ConnectionAudit(audit, context.Actor()));
        if (outcome.Row is null) return NewPage(word, name, null, values, Fields(outcome));
        await registry.RefreshAsync(cancellation);
        return Results.LocalRedirect(Addresses.OfConnection(name));
    }

    private async Task<IResult> ChangeAsync(ConnectionRow row, HttpContext context, CancellationToken cancellation)
    {
        var (provider, form) = (row.Document.Provider, context.Request.Form);
        var (values, problems) = (Given(form, provider), new List<SettingProblem>());
        var (outcome, problem) = await editor.AmendAsync(row.Key, Amended, "connection.changed", null, new ConnectionAudit(audit, context.Actor()), cancellation);
        if (problem is null && outcome!.Row is not null)
        {
            await registry.RefreshAsync(cancellation);
            return Results.LocalRedirect(Addresses.OfConnection(row.Key.ToString()));
        }

        // As it stands now: after an overtaking the next attempt is one with open eyes.
        var now = await store.FindAsync(row.Key, cancellation) ?? row;
        return ShowPage(now, values, problem == Overtaken ? [] : problem?.Body.Errors ?? Fields(outcome!), problem == Overtaken ? problem.Body.Detail : null);

        Task<(GivenConnection?, Problem?)> Amended(ConnectionWriting writing, ConnectionDocument stored, ConnectionSecrets secrets)
        {
            if (SeenOf(stored) != form["seen"].ToString()) return Task.FromResult<(GivenConnection?, Problem?)>((null, Overtaken));
            var given = GivenConnection.Read(Document(Shown(stored), provider, values), problems);
            return Task.FromResult(given is not null && problems.Count == 0
                ? (given, (Problem?)null)
                : (null, Problem.Invalid([.. problems.Select(one => new FieldProblem(one.Field, one.Problem))])));
        }
    }

    private async Task<IResult> DeleteAsync(ConnectionRow row, HttpContext context, CancellationToken cancellation)
    {
        if (context.Request.Form["key"].ToString().Trim() != row.Key.ToString()) return ShowPage(row, trouble: "That is not its key: nothing was deleted.");
        var outcome = await editor.DeleteAsync(row.Key, cancellation, new ConnectionAudit(audit, context.Actor()));
        if (outcome == DeleteOutcome.HasPayouts) return ShowPage(row, trouble: EditConnections.InUse(row.Key.ToString()));
        await registry.RefreshAsync(cancellation);
        return Results.LocalRedirect(Addresses.Connections);
    }

    private IResult ShowPage(ConnectionRow row, Dictionary<string, string>? given = null, IReadOnlyList<FieldProblem>? wrong = null, string? trouble = null)
    {
        if (editor.Stored(row).Document is not { } stored) return ReadConnections.Unreadable(row.Key.ToString());
        var (document, fields) = (Shown(stored), FieldsOf(stored.Provider));
        return new RazorComponentResult<ConnectionSettingsPage>(new Dictionary<string, object?>
        {
            [nameof(ConnectionSettingsPage.Key)] = row.Key.ToString(),
            [nameof(ConnectionSettingsPage.With)] = stored.Provider,
            [nameof(ConnectionSettingsPage.Values)] = given ?? fields.ToDictionary(field => field.Path, field => ConnectionFields.Text(document, field)),
            [nameof(ConnectionSettingsPage.Kept)] = (stored.Api?.Credentials ?? []).Select(pair => $"api.credentials.{pair.Key}").ToHashSet(),
            [nameof(ConnectionSettingsPage.Seen)] = SeenOf(stored),
            [nameof(ConnectionSettingsPage.Wrong)] = wrong ?? [],
            [nameof(ConnectionSettingsPage.Trouble)] = trouble,
        })
        {
            StatusCode = given is null && trouble is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }

    private static IResult NewPage(string? provider, string? key, string? keyProblem, Dictionary<string, string> values, IReadOnlyList<FieldProblem> wrong) =>
        new RazorComponentResult<NewConnectionPage>(new Dictionary<string, object?>
        {
            [nameof(NewConnectionPage.ProviderWord)] = provider,
            [nameof(NewConnectionPage.Key)] = key,
            [nameof(NewConnectionPage.KeyProblem)] = keyProblem,
            [nameof(NewConnectionPage.Values)] = values,
            [nameof(NewConnectionPage.Wrong)] = wrong,
        })
        {
            StatusCode = keyProblem is null && wrong.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };

    private static Dictionary<string, string> Given(IFormCollection form, Provider provider) =>
        FieldsOf(provider).ToDictionary(field => field.Path, field => form[field.Path].ToString().Trim());

    private static IEnumerable<ConnectionField> FieldsOf(Provider provider) => ConnectionFields.Of(ProviderCatalog.For(provider)).SelectMany(group => group.Fields);

    private static byte[] Document(JsonObject document, Provider provider, Dictionary<string, string> values)
    {
        foreach (var field in FieldsOf(provider)) ConnectionFields.Set(document, field, values[field.Path]);
        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    private static JsonObject Shown(ConnectionDocument stored) => (JsonObject)JsonSerializer.SerializeToNode(stored, JsonShapes.Stored)!;

    private static string SeenOf(ConnectionDocument stored) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stored.Text())));

    private static List<FieldProblem> Fields(PutOutcome outcome) => [.. outcome.Problems.Select(problem => new FieldProblem(problem.Field, problem.Problem))];
}
