using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Reconciler.Simulator.Tests;

/// <summary>As much of the change feed as a ledger reads: a change for each payout that has become final in truth, as the stand-in tells it.</summary>
internal sealed class StandInFeed(RunningSimulator simulator, Func<JsonElement, string> says)
{
    private readonly Guid _epoch = Guid.CreateVersion7();
    private readonly List<JsonObject> _changes = [];
    private readonly HashSet<string> _told = [];
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>What the feed's amounts are wrong by.</summary>
    public int AmountMore { get; set; }

    public bool IsSilent { get; set; }

    public bool Refuses { get; set; }

    /// <summary>The first position that was asked for beside the start.</summary>
    public long FirstAsked { get; private set; } = -1;

    public async Task FillAsync()
    {
        foreach (var truth in (await simulator.GetAsync("/sim/truth?limit=5000&final=true")).GetProperty("items").EnumerateArray())
        {
            var id = truth.GetProperty("id").GetString()!;
            if (!_told.Add(id))
            {
                continue;
            }

            var amount = decimal.Parse(truth.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture) + AmountMore;
            _changes.Add(new JsonObject
            {
                ["position"] = _changes.Count + 1, ["id"] = Guid.CreateVersion7(), ["kind"] = "payout.status_changed", ["payout"] = id,
                ["statusVersion"] = 2, ["from"] = "pending", ["to"] = says(truth), ["confidence"] = "confirmed",
                ["amount"] = amount.ToString(CultureInfo.InvariantCulture), ["currency"] = truth.GetProperty("currency").GetString(),
                ["occurredAt"] = truth.GetProperty("since").GetString(), ["recordedAt"] = truth.GetProperty("since").GetString(),
            });
        }
    }

    public async Task<IResult> AnswerAsync(HttpRequest request)
    {
        if (Refuses)
        {
            return Results.Problem(statusCode: 403, type: "urn:reconciler:problem:scope-missing", title: "The key may not do this");
        }

        await _gate.WaitAsync();
        try
        {
            if (!IsSilent)
            {
                await FillAsync();
            }

            var after = long.Parse(request.Query["after"]!, CultureInfo.InvariantCulture);
            FirstAsked = FirstAsked < 0 && after > 0 ? after : FirstAsked;
            var page = _changes.Skip((int)after).Take(int.Parse(request.Query["limit"]!, CultureInfo.InvariantCulture)).ToList();
            return Results.Json(new { epoch = _epoch, changes = page, next = $"{after + page.Count}", head = $"{_changes.Count}" });
        }
        finally
        {
            _gate.Release();
        }
    }
}
