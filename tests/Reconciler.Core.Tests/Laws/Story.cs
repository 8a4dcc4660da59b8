using System.Collections.Immutable;
using System.Text.Json;

namespace Reconciler.Core.Tests.Laws;

/// <summary>What happened to one payout, in one order, and a seed from which other orders of it are made.</summary>
internal sealed record Story(ImmutableArray<PayoutEvent> Happenings, int Seed)
{
    /// <summary>The same evidence in another order, some of it more than once.</summary>
    public ImmutableArray<PayoutEvent> ToldDifferently()
    {
        var chance = new Random(Seed);
        var told = Happenings.ToArray();
        chance.Shuffle(told);
        var twice = told.Where(_ => chance.Next(3) == 0).ToArray();
        PayoutEvent[] all = [.. told, .. twice];
        chance.Shuffle(all);
        return [.. all];
    }

    public IEnumerable<Story> Shorter() => Happenings.Select(one => this with { Happenings = Happenings.Remove(one) });

    public override string ToString() =>
        string.Join('\n', Happenings.Select(one => $"{one.GetType().Name} {Text(one)}").Append($"seed {Seed}"));

    /// <summary>Feeds all of it, one by one, and keeps every event that came of it.</summary>
    public static Telling Tell(IEnumerable<PayoutEvent> happenings)
    {
        Payout? payout = null;
        var events = ImmutableArray.CreateBuilder<PayoutEvent>();
        foreach (var happened in happenings)
        {
            var decided = Decisions.On(payout, happened);
            payout = decided.Payout;
            events.AddRange(decided.Events);
        }

        return new Telling(payout, events.ToImmutable());
    }

    /// <summary>What a payout's evidence amounts to, as text: the status, whose word, by which rule, and each open case with its evidence.</summary>
    public static string Meaning(Payout? payout)
    {
        if (payout is null) return "nothing";
        var derived = Derivation.Derive(payout);
        var found = Discrepancies.Of(payout, derived);
        payout.OpenCases.Select(known => known.Kind).Order().ShouldBe(found.Select(one => one.Kind).Order(), "a case is open exactly where a disagreement is found");
        payout.Status.ShouldBe(derived.Status);
        return Text(derived) + "\n" + string.Join('\n', found.OrderBy(one => one.Kind).Select(one => Text(one)));
    }

    public static string Text(object value) => JsonSerializer.Serialize(value, value.GetType(), JsonShapes.Stored);
}

/// <summary>What a story came to.</summary>
internal sealed record Telling(Payout? Payout, ImmutableArray<PayoutEvent> Events);
