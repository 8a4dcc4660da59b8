using System.Globalization;
using Reconciler.Simulator.Demo;

namespace Reconciler.Simulator.Ledger;

/// <summary>One currency in the books, and in truth.</summary>
public sealed class CurrencyParity(string currency)
{
    public string Currency { get; } = currency;
    public int Booked { get; set; }
    public decimal BookedSum { get; set; }
    public int Paid { get; set; }
    public decimal PaidSum { get; set; }
}

/// <summary>
/// The ledger's books against the truth, payout by payout. Only what is final on both sides can agree or differ; what is final in truth
/// alone is awaited, and what is final in the books alone is wrong.
/// </summary>
public sealed record Parity(IReadOnlyList<CurrencyParity> Currencies, int Differing, int Awaited, IReadOnlyList<string> Disagreements)
{
    private const int DisagreementsMax = 50;

    public bool Settled => Differing == 0 && Awaited == 0;

    /// <param name="entries">Taken before the truth: what is final there must be so in truth by then.</param>
    public static Parity Of(IReadOnlyCollection<Started> started, IReadOnlyDictionary<string, Entry> entries, Dictionary<string, TruthLine> truths)
    {
        var currencies = new SortedDictionary<string, CurrencyParity>(StringComparer.Ordinal);
        var (differing, awaited, disagreements) = (0, 0, new List<string>());
        foreach (var payout in started)
        {
            var (entry, truth) = (entries.GetValueOrDefault(payout.Id), truths.GetValueOrDefault(payout.Id));
            if (entry is not { Status.IsFinal: true })
            {
                awaited += truth is { Final: true } ? 1 : 0;
                continue;
            }

            if (entry.IsBooked)
            {
                var booked = In(currencies, entry.Currency ?? "?");
                booked.Booked++;
                booked.BookedSum += entry.Amount ?? 0;
            }

            if (truth is { Final: true, Status: "succeeded" })
            {
                var paid = In(currencies, truth.Currency);
                paid.Paid++;
                paid.PaidSum += Amount(truth);
            }

            if (Agree(entry, truth))
            {
                continue;
            }

            differing++;
            if (disagreements.Count < DisagreementsMax)
            {
                disagreements.Add(
                    $"{payout.Id}: in the books {entry.Status} {entry.Amount} {entry.Currency}, in truth {truth?.Status} {truth?.Amount} {truth?.Currency}");
            }
        }

        return new Parity([.. currencies.Values], differing, awaited, disagreements);
    }

    private static bool Agree(Entry entry, TruthLine? truth) =>
        truth is { Final: true } && truth.Status == entry.Status.Word
        && (!entry.IsBooked || entry.Amount == Amount(truth) && entry.Currency == truth.Currency);

    private static decimal Amount(TruthLine truth) => decimal.Parse(truth.Amount, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static CurrencyParity In(SortedDictionary<string, CurrencyParity> currencies, string currency)
    {
        if (!currencies.TryGetValue(currency, out var row))
        {
            currencies[currency] = row = new CurrencyParity(currency);
        }

        return row;
    }
}
