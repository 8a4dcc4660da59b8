using Reconciler.Core;

namespace Reconciler.Finance.Cases;

/// <summary>How people work on cases (<c>Reconciler:Cases</c>).</summary>
/// <param name="Deadlines">From <c>Due:{kind}</c>, such as <c>Due:overdue</c> = <c>2d</c>.</param>
/// <param name="ProposalsLast">How long a proposal can be decided on; from <c>ProposalsLast</c>, 7 days where not said.</param>
public sealed record CaseSettings(CaseDeadlines Deadlines, TimeSpan ProposalsLast)
{
    private const string Section = "Reconciler:Cases";
    private static readonly TimeSpan ProposalsLastUsually = TimeSpan.FromDays(7);

    /// <exception cref="InvalidOperationException">A setting is none; the message names it.</exception>
    public static CaseSettings Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var due = section.GetSection("Due").GetChildren().ToDictionary(
            child => EnumWords<DiscrepancyKind>.TryParse(child.Key, out var kind)
                ? kind
                : throw new InvalidOperationException($"{child.Path}: there is no such kind of case; there are {string.Join(", ", EnumWords<DiscrepancyKind>.All)}."),
            child => Span(child.Path, child.Value));
        return new CaseSettings(
            new CaseDeadlines(due),
            section["ProposalsLast"] is { Length: > 0 } lasts ? Span($"{Section}:ProposalsLast", lasts) : ProposalsLastUsually);
    }

    private static TimeSpan Span(string name, string? text) => Duration.TryParse(text, out var span)
        ? span
        : throw new InvalidOperationException($"{name}: '{text}' is no duration: write a whole number and a unit, like 4h or 7d.");
}
