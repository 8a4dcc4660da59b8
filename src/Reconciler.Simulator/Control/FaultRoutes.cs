using System.Collections.Immutable;
using System.Text.Json;
using Reconciler.Simulator.Connections;
using Reconciler.Simulator.Faults;

namespace Reconciler.Simulator.Control;

/// <summary>The body of <c>POST /sim/faults</c>; what is absent goes back to none.</summary>
public sealed record FaultOrder
{
    /// <summary>One connection; all of them where absent.</summary>
    public string? Connection { get; init; }

    /// <summary>Chances by kind of error, like <c>{"429": 0.02, "html": 0.01}</c>; they hold at once.</summary>
    public IReadOnlyDictionary<string, Chance> Polls { get; init; } = ImmutableDictionary<string, Chance>.Empty;

    /// <summary>Chances for payouts started from now on.</summary>
    public WebhookChances Webhooks { get; init; } = new();
    public bool? RateLimits { get; init; }
    public int? SlowMs { get; init; }
}

public sealed record WebhookChances
{
    public Chance Drop { get; init; }
    public Chance Duplicate { get; init; }
    public Chance Reorder { get; init; }
    public Chance Forge { get; init; }
    public Chance Alter { get; init; }
    public Chance ReplayStale { get; init; }
}

/// <summary>Faults of whole connections, set and shown.</summary>
public sealed class FaultRoutes(GlobalFaults faults, ConnectionBook connections)
{
    private const int SlowMsMax = 600_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sim/faults", Show);
        routes.MapPost("/sim/faults", (Delegate)SetAsync);
    }

    private IResult Show() => Results.Json(new
    {
        faults.RateLimits,
        faults.SlowMs,
        connections = connections.All.ToDictionary(connection => connection.Key, connection => Shown(faults.For(connection.Key))),
    });

    private static object Shown(ConnectionFaults set) => new
    {
        polls = set.Polls.ToDictionary(rate => rate.Key, rate => new Chance(rate.Value)),
        webhooks = new WebhookChances
        {
            Drop = new(set.Drop), Duplicate = new(set.Duplicate), Reorder = new(set.Reorder), Forge = new(set.Forge),
            Alter = new(set.Alter), ReplayStale = new(set.ReplayStale),
        },
    };

    private async Task<IResult> SetAsync(HttpContext http)
    {
        FaultOrder? order;
        try
        {
            order = await JsonSerializer.DeserializeAsync<FaultOrder>(http.Request.Body, PayoutRoutes.Strict, http.RequestAborted);
        }
        catch (JsonException fault)
        {
            return Problems.Of(400, "unreadable", fault.Message);
        }

        var objections = new Dictionary<string, string[]>();
        if (order is null || order.Connection is not null && connections.Find(order.Connection) is null)
        {
            objections["connection"] = [$"One of: {string.Join(", ", connections.All.Select(known => known.Key))}."];
        }
        else if (order.Polls.Keys.Except(PollErrorWords.ByWord.Keys).Any())
        {
            objections["polls"] = [$"Kinds are: {string.Join(", ", PollErrorWords.ByWord.Keys)}."];
        }
        else if (order.SlowMs is < 0 or > SlowMsMax)
        {
            objections["slowMs"] = [$"From 0 to {SlowMsMax}."];
        }

        if (objections.Count > 0)
        {
            return Problems.Invalid(objections);
        }

        Set(order!);
        return Show();
    }

    private void Set(FaultOrder order)
    {
        var (polls, webhooks) = (order.Polls.ToImmutableSortedDictionary(rate => rate.Key, rate => rate.Value.PerMillion), order.Webhooks);
        var set = new ConnectionFaults(
            polls, webhooks.Drop.PerMillion, webhooks.Duplicate.PerMillion, webhooks.Reorder.PerMillion, webhooks.Forge.PerMillion,
            webhooks.Alter.PerMillion, webhooks.ReplayStale.PerMillion);
        foreach (var connection in connections.All.Where(connection => order.Connection is null || connection.Key == order.Connection))
        {
            faults.Set(connection.Key, set);
        }

        faults.RateLimits = order.RateLimits ?? faults.RateLimits;
        faults.SlowMs = order.SlowMs ?? faults.SlowMs;
    }
}
