using System.Net;
using Reconciler.Core;

namespace Reconciler.Providers;

/// <summary>An answer that is evidence: a 2xx, or a 404 where that is how the provider says "unknown id". Bounded and whole.</summary>
internal sealed record HttpAnswer(int HttpStatus, string? ContentType, byte[] Body)
{
    /// <summary>The answer with its meaning.</summary>
    /// <param name="asked">The id asked for: a 404 is about it, and a body about another one is <see cref="UnreadableReason.AnotherPayout"/>.</param>
    /// <param name="read">The adapter's translation of a 2xx body. Pure and total.</param>
    public StatusAnswer About(string asked, Func<ReadOnlyMemory<byte>, Reading> read) =>
        new(HttpStatus, ContentType, Body, HttpStatus == (int)HttpStatusCode.NotFound ? NotFound(asked) : Asked(asked, read(Body)));

    /// <summary>The provider does not know the payout.</summary>
    public static Reading NotFound(string asked) => new Reading.Observed(new Statement(asked, ObservedStatus.NotFound, ""));

    // The answer's own spelling of the id gives way to the one asked for: that is the payout's name with us.
    private static Reading Asked(string asked, Reading reading) => reading switch
    {
        Reading.Observed { Statement: var said } => IsSame(asked, said.ProviderPayoutId)
            ? new Reading.Observed(said with { ProviderPayoutId = asked })
            : new Reading.Unreadable(UnreadableReason.AnotherPayout),
        Reading.Ignored => new Reading.Unreadable(UnreadableReason.NotAPayout),
        _ => reading,
    };

    // A UUID is the same in either case; other ids are compared as they are.
    private static bool IsSame(string asked, string said) =>
        asked == said || (Guid.TryParseExact(asked, "D", out var one) && Guid.TryParseExact(said, "D", out var other) && one == other);
}
