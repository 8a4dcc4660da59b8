using Reconciler.Appending;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Finance.Cases;
using Reconciler.Personal;
using Reconciler.Streams;

namespace Reconciler.Hosting;

/// <summary>The events of payout streams, and what appends and reads them.</summary>
public static class PayoutStreams
{
    private const string StreamType = "payout";

    /// <summary>Every event that a payout's stream may hold. A name here is a stored name: it is never changed.</summary>
    public static EventRegistry Registry { get; } = new(
        JsonShapes.Stored,
        typeof(PayoutExpected), typeof(WebhookReceived), typeof(PollAnswered), typeof(PayoutStatusChanged), typeof(DiscrepancyOpened),
        typeof(DiscrepancyClosed), typeof(ResolutionProposed), typeof(ResolutionApproved), typeof(ResolutionRejected));

    public static IServiceCollection AddPayoutStreams(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(Registry)
        .AddSingleton(services => new EventAppender(Registry, StreamType, ChainOf(services.GetRequiredService<Installation>())))
        .AddSingleton(new EventReader(Registry))
        .AddSingleton((configuration.GetSection("Reconciler:Append").Get<AppendOptions>() ?? new AppendOptions()) with
        {
            CaseDeadlines = CaseSettings.Of(configuration).Deadlines,
        })
        .AddSingleton<Func<PersonalBox>>(services => () => services.GetRequiredService<Installation>().Personal)
        .AddSingleton<Appender>();

    /// <summary>What links the events of this installation's streams.</summary>
    internal static EventChain ChainOf(Installation installation) => new(() => installation.StreamKey);
}
