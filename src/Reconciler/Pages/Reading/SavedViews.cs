using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;

namespace Reconciler.Pages.Reading;

/// <summary>The filters that one person kept under a name, for one page.</summary>
internal sealed class SavedViews(NpgsqlDataSource database, TimeProvider clock)
{
    internal const int NameCharactersMax = 60;
    internal const int QueryCharactersMax = 2_000;
    internal const int PerOwnerMax = 50;

    // Served by the primary key, like all of these.
    private const string All = "select name, query from reconciler.saved_views where owner = $1 and page = $2 order by name";

    // A name that is there already takes the new filters; a new one only as long as there is room.
    private const string Save = """
        insert into reconciler.saved_views (owner, page, name, query, created_at)
        select $1, $2, $3, $4, $5
        where (select count(*) from reconciler.saved_views where owner = $1 and page = $2) < $6
            or exists (select 1 from reconciler.saved_views where owner = $1 and page = $2 and name = $3)
        on conflict (owner, page, name) do update set query = excluded.query
        """;

    private const string Forget = "delete from reconciler.saved_views where owner = $1 and page = $2 and name = $3";

    internal async Task<IReadOnlyList<SavedView>> OfAsync(string owner, string page, CancellationToken cancellation)
    {
        await using var command = Command(All, owner, page);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var views = new List<SavedView>();
        while (await rows.ReadAsync(cancellation)) views.Add(new SavedView(rows.GetString(0), rows.GetString(1)));
        return views;
    }

    /// <summary>A view is kept for years, and in clear.</summary>
    internal static bool NamesSomebody(string query)
    {
        var filters = QueryHelpers.ParseQuery(query);
        return filters.ContainsKey("recipient") || (filters.TryGetValue("q", out var wanted) && wanted.Any(text => PersonalWords.Mask(text) != text));
    }

    /// <param name="query">Without its question mark.</param>
    /// <returns>False where the name or the query does not do, or there is no room.</returns>
    internal async Task<bool> SaveAsync(string owner, string page, string name, string query, CancellationToken cancellation)
    {
        if (name.Length is 0 or > NameCharactersMax || query.Length > QueryCharactersMax || Finance.QueryText.IsImpossible(name)) return false;
        await using var command = Command(Save, owner, page, name, query);
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PerOwnerMax });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    internal async Task ForgetAsync(string owner, string page, string name, CancellationToken cancellation)
    {
        if (Finance.QueryText.IsImpossible(name)) return;
        await using var command = Command(Forget, owner, page, name);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<string> texts)
    {
        var command = database.CreateCommand(sql);
        foreach (var text in texts) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        return command;
    }
}

internal sealed record SavedView(string Name, string Query);
