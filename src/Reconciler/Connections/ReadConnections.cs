using System.ComponentModel;
using System.Text.Json;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>Shows connections as they are stored, so that every node shows the same.</summary>
internal static class ReadConnections
{
    public static async Task<IResult> AllAsync(
        HttpContext context, ConnectionStore store, ConnectionRegistry registry, CancellationToken cancellation)
    {
        var rows = await store.AllAsync(cancellation);
        var listed = rows.Where(row => context.Actor().Connections.Allow(row.Key)).Select(row => Listed(row, registry.Find(row.Key.ToString())));
        return TypedResults.Json(new ConnectionList([.. listed]), JsonShapes.Answered);
    }

    public static async Task<IResult> OneAsync(
        string key,
        [Description("Whether to fill in what holds where the operator said nothing.")] bool? defaults,
        ConnectionStore store, ConnectionRegistry registry, CancellationToken cancellation)
    {
        if (!ConnectionKey.TryParse(key, out var known) || await store.FindAsync(known, cancellation) is not { } row) return Unknown(key);
        var document = defaults == true && registry.Find(key) is { } open ? EffectiveSettings.Document(open.Settings, open.IsPaused) : Written(row);
        return document is null ? Unreadable(key) : Answer(document, StatusCodes.Status200OK);
    }

    public static IResult Answer(ConnectionDocument document, int status) =>
        TypedResults.Json(document, JsonShapes.Answered, statusCode: status);

    public static Problem Unknown(string key) => new(ProblemKind.ConnectionUnknown, $"There is no connection '{key}'.");

    public static Problem Unreadable(string key) =>
        new(ProblemKind.Internal, $"What is stored of the connection '{key}' cannot be read by this version. Put it anew.");

    private static ConnectionListed Listed(ConnectionRow row, OpenConnection? open) => new(
        row.Key,
        Written(row)?.Provider,
        Written(row)?.Environment,
        open is not null,
        open?.Settings.Webhook.Verifies,
        Written(row)?.Paused == true,
        row.Revision,
        row.UpdatedAt);

    /// <summary>Null when this version cannot read it.</summary>
    private static ConnectionDocument? Written(ConnectionRow row)
    {
        try
        {
            return row.Document;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Items">By key.</param>
public sealed record ConnectionList(IReadOnlyList<ConnectionListed> Items);

/// <param name="Open">Whether this node uses it; false says that what is stored cannot be used, and the log names why.</param>
/// <param name="Verifies">Whether deliveries are verified; false: they are nudges only.</param>
/// <param name="Paused">Whether it is kept, and neither polled nor accepted.</param>
/// <param name="Revision">The change that made it what it is.</param>
public sealed record ConnectionListed(
    ConnectionKey Key, Provider? Provider, string? Environment, bool Open, bool? Verifies, bool Paused, long Revision, DateTimeOffset UpdatedAt);
