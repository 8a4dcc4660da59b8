namespace Reconciler.Simulator.Demo;

// The fields of other programs' answers that the demonstration reads; all others are let be.

/// <summary>An answer of <c>POST /sim/payouts</c>.</summary>
public sealed record StartedPage(List<Started> Payouts);

public sealed record Started(
    string Id, string Connection, string ProviderPayoutId, string Reference, string Amount, string Currency, string Recipient,
    DateTimeOffset InitiatedAt, string Outcome);

/// <summary>A line of <c>GET /sim/truth</c>.</summary>
public sealed record TruthLine(string Id, string Connection, string Status, bool Final, string Amount, string Currency, TruthPolls Polls);

public sealed record TruthPolls(int Answered);

/// <summary>What the service is told to expect: a line of <c>POST /v1/payouts</c>.</summary>
public sealed record Expected(
    string Connection, string ProviderPayoutId, string Reference, string Amount, string Currency, string Recipient, DateTimeOffset InitiatedAt);

/// <summary>What the service answers to one such line.</summary>
/// <param name="Status">An HTTP status: 201 new, 200 the same again, 409 other content…</param>
public sealed record RegisteredLine(int Status);

/// <summary>A page of <c>GET /v1/payouts</c>.</summary>
public sealed record ServicePage(List<ServicePayout> Items, string? NextCursor);

public sealed record ServicePayout(string Id, string Connection, string Status, bool Final, string? Confidence);

/// <summary>A page of <c>GET /v1/discrepancies</c>.</summary>
public sealed record CasePage(List<ServiceCase> Items, string? NextCursor);

public sealed record ServiceCase(string? Payout, string? PayoutId, string? StreamId)
{
    public string? Id => Payout ?? PayoutId ?? StreamId;
}
