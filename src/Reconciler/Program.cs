using Reconciler.Connections;
using Reconciler.Finance;
using Reconciler.Hosting;
using Reconciler.Ingest;
using Reconciler.Ledger;
using Reconciler.Polling;
using Reconciler.Telemetry;

if (CommandLine.Answer(args) is { } exitCode) return exitCode;

var builder = WebApplication.CreateBuilder(args);
builder.AddStructuredLogs();
await using var database = await ServiceDatabase.OpenForAsync(builder);
if (CommandLine.MigratesOnly(args)) return 0;

builder.Services
    .AddHttp()
    .AddTelemetry(builder.Configuration)
    .AddConnections(builder.Configuration)
    .AddPayoutStreams(builder.Configuration)
    .AddIngest()
    .AddPolling()
    .AddLedger();

var app = builder.Build();
await app.PrepareConnectionsAsync();
app.UseHttp();
app.MapWebhooks();
app.MapPayouts();
app.MapChanges();
app.MapConnections();
app.MapHealth();
app.MapApiDescription();
await app.RunAsync();
return 0;
