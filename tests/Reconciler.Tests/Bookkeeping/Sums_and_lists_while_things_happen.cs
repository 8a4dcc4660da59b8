using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Tests.Appending;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Bookkeeping;

public sealed class Sums_and_lists_while_things_happen(PostgresFixture postgres)
{
    private const string Counted = """
        select coalesce(string_agg(line, ' ' order by line collate "C"), '') from (
            select concat_ws(',', (first_seen_at at time zone 'UTC')::date, status, coalesce(currency, '-'), count(*), trim_scale(sum(coalesce(amount, 0)))) as line
            from reconciler.payouts group by (first_seen_at at time zone 'UTC')::date, status, currency) as lines
        """;

    // Ages to a moment that cuts through the minutes in which things happened.
    private const string Aged = """
        select coalesce(string_agg(line, ' ' order by line collate "C"), '') from (
            select concat_ws(',', case when age < interval '5 minutes' then 0 when age < interval '1 hour' then 1 when age < interval '1 day' then 2
                when age < interval '3 days' then 3 else 4 end, connection, coalesce(currency, '-'), count(*), trim_scale(sum(coalesce(amount, 0)))) as line
            from (select timestamptz 'MOMENT' - first_seen_at as age, * from reconciler.payouts where not final) as one
            group by case when age < interval '5 minutes' then 0 when age < interval '1 hour' then 1 when age < interval '1 day' then 2
                when age < interval '3 days' then 3 else 4 end, connection, currency) as lines
        """;

    private static readonly DateTimeOffset Midnight = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] ListQueries =
    [
        "status=pending", "status=succeeded&sort=firstSeenAt", "final=false", "final=true", "discrepancy=any", "discrepancy=unexpected_payout",
        "connection=zopay-test", "provider=zopay&confidence=confirmed", "currency=XOF&minAmount=6000", "from=2026-11-22", "to=2026-11-22&final=true",
        "status=pending&status=processing", "q=4567", "q=p-3", "maxAmount=5000&q=ref",
    ];

    /// <summary>The law: however the book lags, its answers are those of the payouts' own rows; and what was known stays as it was told.</summary>
    [Fact]
    public void Are_those_of_the_rows_and_what_was_known_stays_and_verify_finds_nothing() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(6), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => TellAsync(seed).GetAwaiter().GetResult()));

    private async Task<bool> TellAsync(int seed)
    {
        await using var story = new Story(await postgres.NewDatabaseAsync(), seed);
        var random = new Random(seed);
        var summaries = new Summaries(story.Database, story.Book, new ReadTurns(TimeProvider.System));
        var known = new List<(string Query, string Answer)>();
        for (var chapter = 0; chapter < 8; chapter++)
        {
            await story.HappenAsync(random.Next(1, 25));
            if (random.Next(3) == 0) await story.Book.KeepAsync(seal: null, CancellationToken.None);
            var sums = await summaries.ReadAsync(Story.Sums("by=day&by=status"), CancellationToken.None);
            Lines(sums).ShouldBe(await Rows.OneAsync<string>(story.ConnectionString, Counted), $"seed {seed}");
            sums.Position.ShouldBe(await Rows.OneAsync<long>(story.ConnectionString, "select position from reconciler.feed_head"));
            Lines(await summaries.ReadAsync(Story.Sums("by=day&by=status&minAmount=0"), CancellationToken.None))
                .ShouldBe(await Rows.OneAsync<string>(story.ConnectionString, Counted.Replace("payouts group", "payouts where amount >= 0 group")));
            sums.NotFinal.Sum(row => row.Count).ShouldBe(await Rows.CountAsync(story.ConnectionString, "payouts where not final"));
            foreach (var band in SummarySql.Bands) await AgesAsync(story, summaries, Midnight + band + TimeSpan.FromSeconds(random.Next(-40, 40)));
            await ListsAsync(story);

            var at = InstantConverter.Text(TimeProvider.System.GetUtcNow());
            foreach (var query in (string[])[$"knownAt={at}", $"knownAt={at}&status=pending", $"knownAt={at}&from=2026-11-22&final=true", $"knownAt={at}&discrepancy=any"])
                known.Add((query, await KnownAsync(story, summaries, query)));
            var then = await summaries.ReadAsync(Story.Sums($"by=day&by=status&knownAt={at}"), CancellationToken.None);
            Lines(then).ShouldBe(Lines(sums), $"seed {seed}");
            then.NotFinal.Sum(row => row.Count).ShouldBe(sums.NotFinal.Sum(row => row.Count), $"seed {seed}");
        }

        foreach (var (query, answer) in known) (await KnownAsync(story, summaries, query)).ShouldBe(answer, $"seed {seed}: {query}");
        (await story.VerifyAsync()).ShouldBeEmpty();
        return true;
    }

    private static async Task AgesAsync(Story story, Summaries summaries, DateTimeOffset at)
    {
        // Once more by what no count of whole minutes can answer.
        foreach (var query in (string[])["by=connection", "by=connection&from=2026-11-01T00:00:01Z"])
        {
            var ages = (await summaries.ReadAsync(Story.Sums(query, at), CancellationToken.None)).NotFinal;
            string.Join(' ', ages.Select(row => $"{(int)row.Age},{row.Connection},{row.Currency ?? "-"},{row.Count},{row.Amount ?? "0"}").Order(StringComparer.Ordinal))
                .ShouldBe(await Rows.OneAsync<string>(story.ConnectionString, Aged.Replace("MOMENT", InstantConverter.Text(at))), $"{query} at {at:O}");
        }
    }

    private static async Task ListsAsync(Story story)
    {
        var listing = new PayoutListing(story.Database, story.Book, new ReadTurns(TimeProvider.System), new Installation(story.Database, new ConnectionsOptions()), TimeProvider.System);
        var all = await listing.ReadAsync(Story.List("limit=500"), null, 500, CancellationToken.None);
        foreach (var query in ListQueries)
        {
            var filter = Story.List(query);
            filter.Problems.ShouldBeEmpty(query);
            var found = await listing.ReadAsync(filter, null, 500, CancellationToken.None);
            var expected = await OwnRowsAsync(story, filter);
            found.Select(payout => payout.Payout.Id.StreamId).ShouldBe(expected, query);
            found.ShouldAllBe(payout => all.Any(one => one.Payout.Id == payout.Payout.Id));
        }
    }

    // The same conditions on the payouts' own rows alone, without the book.
    private static async Task<List<string>> OwnRowsAsync(Story story, PayoutFilter filter)
    {
        await using var command = story.Database.CreateCommand();
        var page = filter.AddPageTo(command.Parameters, 0, null, 500);
        command.CommandText = $"select stream_id from reconciler.payouts where {filter.Payouts.OnPayouts(page)} {page.Order()}";
        await using var rows = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await rows.ReadAsync()) ids.Add(rows.GetString(0));
        return ids;
    }

    private static async Task<string> KnownAsync(Story story, Summaries summaries, string query)
    {
        var payouts = new KnownPayouts(story.Database, story.Book, new ReadTurns(TimeProvider.System));
        var page = await payouts.PageAsync(Story.List($"{query}&limit=500"), CancellationToken.None);
        var sums = await summaries.ReadAsync(Story.Sums(query), CancellationToken.None);
        foreach (var status in page.Items.GroupBy(item => item.Status))
            sums.Rows.Where(row => row.Status == status.Key).Sum(row => row.Count).ShouldBe(status.Count(), query);
        sums.NotFinal.Sum(row => row.Count).ShouldBe(page.Items.Count(item => !item.Final), query);
        return JsonSerializer.Serialize(page, JsonShapes.Answered) + JsonSerializer.Serialize(sums, JsonShapes.Answered);
    }

    private static string Lines(SummaryAnswer sums) => string.Join(' ', sums.Rows
        .Select(row => $"{row.Day:yyyy-MM-dd},{row.Status!.Value.Word()},{row.Currency ?? "-"},{row.Count},{row.Amount ?? "0"}")
        .Order(StringComparer.Ordinal));
}
