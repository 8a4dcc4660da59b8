using Npgsql;
using Reconciler.Bookkeeping;
using Reconciler.Core;
using Reconciler.Ledger;

namespace Reconciler.Verifying;

/// <summary>The feed and the book side by side, from the first position to the last.</summary>
internal sealed class FeedWalk(Findings findings)
{
    private const int PageMax = 2_000;

    // By the primary key; the event by its stream's index.
    private const string Changes = """
        select change.position, change.stream_id, change.kind, change.status_version, change.recorded_at, change.body, happened.type, happened.data->>'to',
            happened.data->>'statusVersion'
        from (select * from reconciler.changes where position > $1 order by position limit $2) as change
        left join reconciler.mt_events as happened on happened.stream_id = change.stream_id and happened.id = (change.body->>'id')::uuid
        order by change.position
        """;

    private const string Head = "select (select position from reconciler.feed_head), (select position from reconciler.book_progress), (select moves from reconciler.book_progress)";

    // By the primary key.
    private const string Moves = """
        select number, position, stream_id, kind, known_at, recorded_at, status, confidence, status_version, amount, currency, reference,
            day = (first_seen_at at time zone 'UTC')::date
        from reconciler.payout_moves where number > $1 order by number limit $2
        """;

    private long number;
    private DateTimeOffset knownAt = DateTimeOffset.MinValue;

    internal long Position { get; private set; }

    /// <summary>Checks the next page.</summary>
    /// <returns>False at the end.</returns>
    internal async Task<bool> NextAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (head, booked, moves) = await HeadAsync(connection, cancellation);
        var first = Position;
        var told = await ChangesAsync(connection, cancellation);
        if (told.Count == 0)
        {
            findings.Unless(Position == head, "feed", $"position {head}", $"the feed's head is there, and its last change is {Position}");
            findings.Unless(booked > Position || number == moves, "book", $"move {moves}", $"the book's last move is there, and its moves end with {number}");
            return false;
        }

        await MovesAsync(connection, told, first, Math.Min(booked, Position), cancellation);
        return true;
    }

    private async Task<Dictionary<long, Told>> ChangesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Changes, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = Position });
        command.Parameters.Add(new NpgsqlParameter { Value = PageMax });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var told = new Dictionary<long, Told>();
        while (await row.ReadAsync(cancellation))
        {
            var position = row.GetInt64(0);
            var subject = $"position {position}";
            findings.Unless(position == Position + 1, "feed", subject, $"the change before it is {Position}: positions are missing");
            Position = position;
            if (row.GetString(2) == ChangeKind.ChainAnchored)
            {
                told.Add(position, Told.Anchor);
                continue;
            }

            var change = BookPass.Change(row.GetFieldValue<byte[]>(5));
            told.Add(position, new Told(row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(4), change));
            findings.Same(row.GetString(1), change.Payout.StreamId, "feed", subject, "the payout in its body");
            findings.Same(row.GetString(2), change.Kind, "feed", subject, "the kind in its body");
            findings.Same(row.GetInt64(3), change.StatusVersion, "feed", subject, "the status version in its body");
            findings.Same(row.GetFieldValue<DateTimeOffset>(4), change.RecordedAt, "feed", subject, "the time in its body");
            if (row.IsDBNull(6))
            {
                findings.Add("feed", subject, $"no event of {row.GetString(1)} is the one that it tells of");
            }
            else if (change.Kind == ChangeKind.StatusChanged)
            {
                findings.Same(row.IsDBNull(7) ? null : row.GetString(7), change.To?.Word(), "feed", subject, "the status in its body");
                findings.Same(row.IsDBNull(8) ? null : row.GetString(8), Text(change.StatusVersion), "feed", subject, "the status version against its event");
            }
        }

        return told;
    }

    private async Task MovesAsync(NpgsqlConnection connection, Dictionary<long, Told> told, long first, long last, CancellationToken cancellation)
    {
        var position = first;
        while (await PageAsync())
        {
            // Amendments may make the moves of some changes more than a page.
        }

        findings.Same(last, BeyondAnchors(told, position), "book", $"position {Text(last)}", "the last position that has a move");

        async Task<bool> PageAsync()
        {
            await using var command = new NpgsqlCommand(Moves, connection) { CommandTimeout = 0 };
            command.Parameters.Add(new NpgsqlParameter { Value = number });
            command.Parameters.Add(new NpgsqlParameter { Value = PageMax });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            var rows = 0;
            for (; await row.ReadAsync(cancellation) && row.GetInt64(1) <= last; rows++) position = Step(row, told, position);
            return rows == PageMax;
        }
    }

    private long Step(NpgsqlDataReader move, Dictionary<long, Told> told, long position)
    {
        var subject = $"move {Text(move.GetInt64(0))}";
        findings.Unless(move.GetInt64(0) == number + 1, "book", subject, $"the move before it is {number}: numbers are missing");
        number = move.GetInt64(0);
        findings.Unless(move.GetFieldValue<DateTimeOffset>(4) >= knownAt, "book", subject, "it was known before the one before it");
        knownAt = move.GetFieldValue<DateTimeOffset>(4);
        findings.Unless(move.GetBoolean(12), "book", subject, "its day is not that of its first sighting");
        if (move.GetString(3) == Move.Amended) return position;
        findings.Same(BeyondAnchors(told, position) + 1, move.GetInt64(1), "book", subject, "its position");
        if (told.GetValueOrDefault(move.GetInt64(1)) is { Change: { } change } known) Compare(move, known, change, subject);
        return move.GetInt64(1);
    }

    // Anchors of the chains are changes that move no payout.
    private static long BeyondAnchors(Dictionary<long, Told> told, long position)
    {
        while (told.GetValueOrDefault(position + 1) is { Change: null }) position++;
        return position;
    }

    private void Compare(NpgsqlDataReader move, Told told, ChangeBody change, string subject)
    {
        findings.Same(told.StreamId, move.GetString(2), "book", subject, "its payout");
        findings.Same(told.Kind, move.GetString(3), "book", subject, "its kind");
        findings.Same(told.RecordedAt, move.GetFieldValue<DateTimeOffset>(5), "book", subject, "when it was recorded");
        if (change.To is { } to) findings.Same(to.Word(), move.GetString(6), "book", subject, "its status");
        findings.Same(change.Confidence.Word(), move.GetString(7), "book", subject, "its confidence");
        findings.Same(change.StatusVersion, move.GetInt64(8), "book", subject, "its status version");
        findings.Same(change.Amount is { } amount ? decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture) : (decimal?)null,
            move.IsDBNull(9) ? null : move.GetDecimal(9), "book", subject, "its amount");
        findings.Same(change.Amount is null ? null : change.Currency, move.IsDBNull(10) ? null : move.GetString(10), "book", subject, "its currency");
        findings.Same(change.Reference, move.IsDBNull(11) ? null : move.GetString(11), "book", subject, "its reference");
    }

    private static async Task<(long Head, long Booked, long Moves)> HeadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Head, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="Change">Null for an anchor of the chains, which is about no payout.</param>
    private sealed record Told(string StreamId, string Kind, DateTimeOffset RecordedAt, ChangeBody? Change)
    {
        public static readonly Told Anchor = new("", ChangeKind.ChainAnchored, default, null);
    }
}
