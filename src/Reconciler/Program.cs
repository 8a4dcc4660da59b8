using Reconciler.Access;
using Reconciler.Access.Commands;
using Reconciler.Bookkeeping;
using Reconciler.Connections;
using Reconciler.Finance;
using Reconciler.Hosting;
using Reconciler.Ingest;
using Reconciler.Ingest.Unreadable;
using Reconciler.Ledger;
using Reconciler.Ledger.Broker;
using Reconciler.Ledger.Subscriptions;
using Reconciler.Pages;
using Reconciler.Personal;
using Reconciler.Polling;
using Reconciler.Telemetry;
using Reconciler.Verifying;

if (await AccessCommand.AnswerAsync(args) is { } commanded) return commanded;
if (await MasterKeyCommand.AnswerAsync(args) is { } rotated) return rotated;
if (await VerifyCommand.AnswerAsync(args) is { } verified) return verified;
if (CommandLine.Answer(args) is { } exitCode) return exitCode;

var builder = WebApplication.CreateBuilder(args);
builder.AddStructuredLogs();
await using var database = await ServiceDatabase.OpenForAsync(builder);
if (CommandLine.MigratesOnly(args)) return 0;
if (await RestoredCommand.RunAsync(args, database.Source, ConnectionsOptions.Of(builder.Configuration)) is { } restored) return restored;

builder.AddConnections();
builder.Services
    .AddSingleton(TimeProvider.System)
    .AddHttp()
    .AddPayoutStreams(builder.Configuration)
    .AddIngest()
    .AddPolling()
    .AddFinance(builder.Configuration)
    .AddPersonal()
    .AddLedger()
    .AddBroker(builder.Configuration)
    .AddBookkeeping()
    .AddPages()
    .AddSubscriptions(builder.Configuration)
    .AddApiDescription()
    .AddTelemetry(builder.Configuration);

var app = builder.Build();
app.UseHttp();
app.MapWebhooks();
app.MapUnreadable();
app.MapConnections();
app.MapAccess();
app.MapFinance();
app.MapPersonal();
app.MapLedger();
app.MapBroker();
app.MapSubscriptions();
app.MapPages();
app.MapHealth();
app.MapApiDescription();
await app.RunAsync();
return 0;
