namespace Reconciler.Simulator.Demo;

/// <summary>How one connection's payouts stand in the service, against the truth.</summary>
public sealed class Score(string name)
{
    public string Name { get; } = name;
    public int Payouts { get; set; }
    public Dictionary<string, int> Statuses { get; } = [];

    /// <summary>Final on the word of webhooks alone.</summary>
    public int ByWebhook { get; set; }

    /// <summary>Final because the provider answered our own request.</summary>
    public int ByPoll { get; set; }
    public int Cases { get; set; }

    /// <summary>Status requests that the simulator answered.</summary>
    public int Polls { get; set; }

    /// <summary>Final in the service, and not so.</summary>
    public int Wrong { get; set; }

    /// <summary>Final in truth, not yet in the service.</summary>
    public int Behind { get; set; }

    public int Of(string status) => Statuses.GetValueOrDefault(status);
}

/// <summary>The demonstration's own payouts, counted; made anew at each look.</summary>
public sealed record Scoreboard(IReadOnlyList<Score> Rows, Score Total, IReadOnlyList<string> Disagreements, bool Settled)
{
    private const int DisagreementsMax = 50;

    /// <param name="here">The service's payouts, read before the truth: what is final there must be so in truth by then.</param>
    public static Scoreboard Of(
        IReadOnlyCollection<Started> started, Dictionary<string, ServicePayout> here, IEnumerable<ServiceCase> cases,
        Dictionary<string, TruthLine> truths)
    {
        var rows = new SortedDictionary<string, Score>(StringComparer.Ordinal);
        var (total, disagreements, settled) = (new Score("all"), new List<string>(), true);
        var casesById = cases.Where(one => one.Id is not null).ToLookup(one => one.Id);
        foreach (var payout in started)
        {
            if (!rows.TryGetValue(payout.Connection, out var row))
            {
                rows[payout.Connection] = row = new Score(payout.Connection);
            }

            var (known, truth) = (here.GetValueOrDefault(payout.Id), truths.GetValueOrDefault(payout.Id));
            var wrong = known is { Final: true } && (truth is not { Final: true } || truth.Status != known.Status);
            var behind = truth is { Final: true } && known is not { Final: true };
            settled &= !wrong && !behind && (truth is { Final: true } || payout.Outcome is "pending" or "processing");
            foreach (var score in new[] { row, total })
            {
                score.Payouts++;
                score.Cases += casesById[payout.Id].Count();
                score.Polls += truth?.Polls.Answered ?? 0;
                score.Wrong += wrong ? 1 : 0;
                score.Behind += behind ? 1 : 0;
                score.ByWebhook += known is { Final: true, Confidence: "reported" } ? 1 : 0;
                score.ByPoll += known is { Final: true, Confidence: "confirmed" } ? 1 : 0;
                score.Statuses[known?.Status ?? "absent"] = score.Of(known?.Status ?? "absent") + 1;
            }

            if ((wrong || behind) && disagreements.Count < DisagreementsMax)
            {
                disagreements.Add(
                    $"{payout.Id}: in truth {truth?.Status ?? "unknown"}, in the service {known?.Status ?? "absent"} ({known?.Confidence ?? "-"})");
            }
        }

        return new Scoreboard([.. rows.Values], total, disagreements, settled);
    }
}
