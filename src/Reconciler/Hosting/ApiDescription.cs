using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Reconciler.Access;
using Reconciler.Core;

namespace Reconciler.Hosting;

/// <summary><c>/openapi/v1.json</c> describes every route, <c>/docs</c> shows it.</summary>
public static class ApiDescription
{
    private const string Document = "v1";
    private const string SchemeName = BearerKeyHandler.SchemeName;

    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Introduce(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Secure(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Spell(schema, context.JsonTypeInfo.Type);
            return Task.CompletedTask;
        });
    });

    public static WebApplication MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Reconciler";
            page.SwaggerEndpoint($"/openapi/{Document}.json", "Reconciler");
        });
        return app;
    }

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Reconciler",
            Version = Document,
            Description = "One authoritative status per payout, from every word that its provider said. "
                + "Times are RFC 3339 in UTC, amounts decimal strings, refusals problem details (RFC 9457) with a stable type.",
        };
        // Where it is reached is the operator's affair: a proxy may stand before it.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = $"A key, sent as 'Authorization: Bearer rk_…'. Scopes: {string.Join(", ", Scope.All)}.",
        };
    }

    private static void Secure(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredScope>().LastOrDefault() is not { Scope: var scope }) return;
        operation.Description = $"{operation.Description} Needs the scope {scope}.".TrimStart();
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, context.Document)] = [] }];
    }

    // These are texts by converters of ours, which the describer cannot look into.
    private static void Spell(OpenApiSchema schema, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsEnum && plain.Namespace?.StartsWith(nameof(Reconciler), StringComparison.Ordinal) == true)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetValuesAsUnderlyingType(plain).Cast<object>().Select(value => (System.Text.Json.Nodes.JsonNode)Word(plain, value))];
        }
        else if (plain == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        }
        else if (plain == typeof(PayoutId) || plain == typeof(ConnectionKey) || plain == typeof(EvidenceDigest) || plain == typeof(Currency))
        {
            schema.Type = JsonSchemaType.String;
        }

        if (plain != type && schema.Type is { } known) schema.Type = known | JsonSchemaType.Null;
    }

    private static string Word(Type type, object value) =>
        System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(Enum.GetName(type, value)!);
}
