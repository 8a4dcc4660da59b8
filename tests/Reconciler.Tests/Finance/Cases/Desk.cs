using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access;
using Reconciler.Appending;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Hosting;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Finance.Cases;

/// <summary>A service with a stopped clock, and people who work on its cases as its routes and pages do.</summary>
internal sealed class Desk : IAsyncDisposable
{
    public static readonly Actor Ada = Person(ActorKind.User, "ada", "Ada");
    public static readonly Actor Grace = Person(ActorKind.User, "grace", "Grace");
    public static readonly Actor Robot = Person(ActorKind.Key, "ada", "Month's end");

    private Desk(ServiceHost service, StoppedClock clock) => (Service, Clock) = (service, clock);

    public ServiceHost Service { get; }

    public StoppedClock Clock { get; }

    public HttpClient Http => Service.Http;

    public ResolveCase Resolve => Service.Services.GetRequiredService<ResolveCase>();

    public TendCase Tend => Service.Services.GetRequiredService<TendCase>();

    public static async Task<Desk> OpenAsync(PostgresFixture postgres, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var clock = new StoppedClock(StoppedClock.Noon);
        return new Desk(await ServiceHost.StartAsync(postgres, clock, settings), clock);
    }

    public static Actor Person(ActorKind kind, string id, string name, params string[] scopes) =>
        new(kind, id, name, scopes.Length > 0 ? scopes : Scope.All, AllowedConnections.All);

    public Task<Appended> HearAsync(string payout, ObservedStatus status) => Service.AppendAsync(Evidences.Heard(payout, status, Clock.Now));

    public Task<Appended> AnswerAsync(string payout, ObservedStatus status) => Service.AppendAsync(Evidences.Answered(payout, status, Clock.Now));

    /// <summary>Our side announces it, as the provider spells it or with another amount.</summary>
    public Task<Appended> AnnounceAsync(string payout, decimal amount = 5000) => Service.AppendAsync(new Announce(
        new PayoutExpected(PayoutId.Parse($"zopay-test/{payout}"), Clock.Now, new Expectation($"r-{payout}", Money.Of(amount, "XOF"), null, null, null)),
        Provider.Zopay, PollingPolicy.Default));

    /// <summary>A payout whose webhook said failed and whose answer said succeeded.</summary>
    public async Task<Guid> ContradictedAsync(string payout)
    {
        await AnnounceAsync(payout);
        await HearAsync(payout, ObservedStatus.Failed);
        Clock.Now += TimeSpan.FromMinutes(1);
        await AnswerAsync(payout, ObservedStatus.Succeeded);
        return await CaseAsync(payout, DiscrepancyKind.Contradiction);
    }

    /// <summary>The case of a kind that stands.</summary>
    public async Task<Guid> CaseAsync(string payout, DiscrepancyKind kind) =>
        (await CasesAsync(payout)).Single(found => found.Open && found.Kind == kind).Id;

    public Task<List<CaseAnswer>> CasesAsync(string payout) =>
        CaseAnswer.OfPayoutAsync(Service.Database, PayoutId.Parse($"zopay-test/{payout}"), Clock.Now, CancellationToken.None);

    public async Task<CaseAnswer> FindAsync(Guid id) => (await CaseAnswer.FindAsync(Service.Database, id, Clock.Now, CancellationToken.None))!;

    public async Task<CaseDetails> ReadAsync(Guid id, Actor? actor = null) =>
        (await Service.Services.GetRequiredService<ReadCase>().FindAsync(id, actor ?? Grace, CancellationToken.None))!;

    /// <summary>Proposes, and tells the proposal's number.</summary>
    public async Task<int> ProposeAsync(Guid id, ProposedOutcome outcome, Actor? actor = null)
    {
        var proposed = await Resolve.ProposeAsync(id, outcome, "The operator's statement says so.", actor ?? Ada, CancellationToken.None);
        proposed.Problem.ShouldBeNull();
        return proposed.Proposal!.Number;
    }

    public Task<CaseResult> ApproveAsync(Guid id, int number, Actor? actor = null) =>
        Resolve.ApproveAsync(id, number, null, actor ?? Grace, CancellationToken.None);

    public Task<CaseResult> RejectAsync(Guid id, int number, Actor? actor = null) =>
        Resolve.RejectAsync(id, number, "Not what I see.", actor ?? Grace, CancellationToken.None);

    public async Task<PayoutStatus> StatusAsync(string payout) => (await CasesAsync(payout))[0].Status;

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
