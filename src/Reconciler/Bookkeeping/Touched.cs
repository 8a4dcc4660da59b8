namespace Reconciler.Bookkeeping;

/// <summary>
/// What a query reads besides the book so that it is never behind: the payouts that changed after the position that the book is known to
/// have reached. A position that is older than the book's is as right, and costs a little more.
/// </summary>
internal static class Touched
{
    /// <summary>To stand first in a query whose first parameter is that position. Served by the feed's primary key.</summary>
    internal const string Cte = """
        with touched as materialized (
            select stream_id from reconciler.changes where position > $1
            union select stream_id from reconciler.payout_amendments)
        """;

    /// <summary>
    /// A condition on a row of the book with a column <c>stream_id</c>: it stands as the book has it. Neither side is ever null, and so
    /// written it is one look into a hash for each row, whatever number the planner expects; as a join it may walk all of them each time.
    /// </summary>
    internal static string Not(string row) => $"{row}.stream_id not in (select stream_id from touched)";
}
