namespace Reconciler.Providers;

/// <summary>Why a body became <see cref="Reading.Unreadable"/>: a closed list of words, fit for a metric's label; never text of the body.</summary>
public static class UnreadableReason
{
    /// <summary>Not JSON, or JSON that two parsers could read differently.</summary>
    public const string NotJson = "not_json";

    /// <summary>JSON of another shape than documented.</summary>
    public const string UnknownShape = "unknown_shape";

    /// <summary>No payout id, or none that could be stored.</summary>
    public const string NoPayoutId = "no_payout_id";

    public const string NoStatus = "no_status";

    /// <summary>Not plain decimal text, negative, too large, or finer than its currency.</summary>
    public const string AmountUnreadable = "amount_unreadable";

    /// <summary>The currency is missing beside an amount, or is in no list of ours.</summary>
    public const string CurrencyUnknown = "currency_unknown";

    /// <summary>An answer about another payout than the one asked for.</summary>
    public const string AnotherPayout = "another_payout";

    /// <summary>An answer that is not about a payout, although one was asked for.</summary>
    public const string NotAPayout = "not_a_payout";
}
