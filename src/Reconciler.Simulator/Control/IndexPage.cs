namespace Reconciler.Simulator.Control;

/// <summary>What stands at <c>/</c>: where everything is.</summary>
public static class IndexPage
{
    private const string Html = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Reconciler simulator</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}code{background:#eee;padding:0 .2rem}</style>
        </head><body>
        <h1>Five payout providers, played</h1>
        <p>CaurisFlux, AwdPay, Zayono, pawaPay (v1 and v2) and ZoPay: their status APIs and their webhooks. No money moves here.</p>
        <ul>
        <li><a href="/sim/summary">/sim/summary</a> counts by connection</li>
        <li><a href="/sim/truth">/sim/truth</a> what really became of each payout (<a href="/sim/truth?format=ndjson">as lines</a>)</li>
        <li><a href="/sim/connections">/sim/connections</a> the connections file for a service under test</li>
        <li><a href="/sim/faults">/sim/faults</a> faults of whole connections; <code>POST</code> sets them</li>
        <li><code>POST /sim/payouts</code> starts payouts, <code>DELETE /sim/payouts</code> forgets all</li>
        <li><code>/caurisflux/api/v1 /awdpay /zayono/api /pawapay /zopay</code> the providers' base URLs</li>
        </ul></body></html>
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", () => Results.Content(Html, "text/html; charset=utf-8"));
}
