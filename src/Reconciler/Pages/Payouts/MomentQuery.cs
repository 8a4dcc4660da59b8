using System.Globalization;
using Microsoft.Extensions.Primitives;
using Reconciler.Finance;
using Reconciler.Hosting;
using Reconciler.Pages.Reading;

namespace Reconciler.Pages.Payouts;

/// <summary>
/// Which moment of a payout is asked for. A browser's field speaks of the reader's own clock, which means nothing to whom the address is
/// sent; so the address is made to say it in UTC.
/// </summary>
/// <param name="After">Version of the last event on the page before.</param>
/// <param name="Canonical">The address to go to instead; null where this one will do.</param>
internal sealed record MomentQuery(
    DateTimeOffset? KnownAt, DateTimeOffset? AsOf, long After, string? Canonical, IReadOnlyList<FieldProblem> Problems)
{
    internal static MomentQuery Of(Reader reader)
    {
        var query = PageQuery.Of(reader.Http.Request);
        var problems = new List<FieldProblem>();
        var (knownAt, asOf) = (Read("knownAt"), Read("asOf"));
        var isLocal = Differs("knownAt", knownAt) || Differs("asOf", asOf);
        var after = long.TryParse(query.Text("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version < long.MaxValue ? version : 0;
        return new MomentQuery(knownAt, asOf, after, isLocal ? Address() : query.Shorter(reader.Http.Request), problems);

        DateTimeOffset? Read(string name)
        {
            var text = query.Text(name);
            if (text.Length == 0) return null;
            if (QueryText.TryInstantOrDay(text, out var instant)) return instant;
            if (reader.Instant(text) is { } local) return local;
            problems.Add(new FieldProblem(name, "It is a date and a time, like 2026-11-21T10:00:00Z."));
            return null;
        }

        bool Differs(string name, DateTimeOffset? read) => read is not null && !QueryText.TryInstantOrDay(query.Text(name), out _);

        string Address() => Addresses.With(
            Addresses.PathOf(reader.Http.Request),
            new Dictionary<string, StringValues> { ["knownAt"] = Text(knownAt), ["asOf"] = Text(asOf) });
    }

    private static string? Text(DateTimeOffset? instant) => instant is { } at ? Parts.Times.Utc(at) : null;
}
