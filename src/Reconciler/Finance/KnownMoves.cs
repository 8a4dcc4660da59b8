namespace Reconciler.Finance;

/// <summary>What the moves say that was known up to the one whose number is the query's first parameter.</summary>
internal static class KnownMoves
{
    /// <summary>Whether a row <c>move</c> was its payout's last. Served by payout_moves_by_payout.</summary>
    internal const string IsLast = """
        not exists (select from reconciler.payout_moves as later
            where later.stream_id = move.stream_id and later.number > move.number and later.number <= $1)
        """;
}
