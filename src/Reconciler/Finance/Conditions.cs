using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance;

/// <summary>
/// Reads a query strictly and gathers what it asks of the rows. SQL comes from literals in the code alone; whatever a caller sent
/// becomes a parameter. A parameter that does not read, or that nobody knows, becomes a problem that names it.
/// </summary>
internal sealed class Conditions
{
    private const int TextCharactersMax = 200;
    private const int ValuesMax = 50;

    private readonly IQueryCollection query;
    private readonly List<FieldProblem> problems = [];
    private readonly List<string> conditions = [];
    private readonly List<NpgsqlParameter> parameters = [];

    internal Conditions(IQueryCollection query, IReadOnlyCollection<string> known)
    {
        this.query = query;
        foreach (var name in query.Keys.Where(name => !known.Contains(name))) Refuse(name, "There is no such parameter.");
    }

    internal IReadOnlyList<FieldProblem> Problems => problems;

    internal void Refuse(string field, string problem) => problems.Add(new FieldProblem(field, problem));

    /// <summary>The one value of a parameter; null where it is not given or does not do.</summary>
    internal string? Text(string name, int charactersMax = TextCharactersMax)
    {
        if (!query.TryGetValue(name, out var values)) return null;
        if (values is [{ Length: > 0 } text] && text.Length <= charactersMax && !QueryText.IsImpossible(text)) return text;
        Refuse(name, values.Count > 1 ? "It is given more than once." : $"It must have 1 to {charactersMax} characters, none of them a control character.");
        return null;
    }

    internal T? Parsed<T>(string name, TryParse<T> tryParse, string expected) where T : struct
    {
        if (Text(name) is not { } text) return null;
        if (tryParse(text, out var value)) return value;
        Refuse(name, expected);
        return null;
    }

    internal bool? YesNo(string name) => Parsed<bool>(
        name, (string text, out bool value) => (value = text == "true") || text == "false", "It is true or false.");

    internal int Whole(string name, int least, int most, int otherwise) =>
        Parsed(name,
            (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most,
            $"It is a whole number from {least} to {most}.") ?? otherwise;

    internal DateTimeOffset? Instant(string name) =>
        Parsed<DateTimeOffset>(name, QueryText.TryInstantOrDay, "It is an RFC 3339 time with an offset, or a day: 2026-11-21T10:00:00Z, 2026-11-21.");

    /// <summary>The words of a parameter that may be repeated; null where it is not given.</summary>
    internal string[]? Words(string name, Func<string, bool> isKnown, string expected)
    {
        if (!query.TryGetValue(name, out var values)) return null;
        var words = values.OfType<string>().ToArray();
        if (words.Length is > 0 and <= ValuesMax && words.All(isKnown)) return words;
        Refuse(name, expected);
        return null;
    }

    internal string[]? Words<T>(string name) where T : struct, Enum =>
        Words(name, word => EnumWords<T>.TryParse(word, out _), $"It is one of: {string.Join(", ", EnumWords<T>.All)}.");

    /// <summary>Adds a condition on a value; nothing where the value is null.</summary>
    /// <param name="sql">A literal; each <c>{0}</c> in it becomes the parameter's number.</param>
    internal void Where(string sql, object? value, NpgsqlDbType type)
    {
        if (value is null) return;
        parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        conditions.Add(string.Format(CultureInfo.InvariantCulture, sql, $"${parameters.Count}"));
    }

    internal void Where(string sql) => conditions.Add(sql);

    /// <summary>The conditions so far, to be put into a query of several parts.</summary>
    internal IReadOnlyList<string> Written => conditions;

    /// <summary>Adds a condition on a column that may have any of some values. Of one value an index keeps its order, of several it does not.</summary>
    /// <param name="column">A literal.</param>
    internal void WhereAny(string column, string[]? values)
    {
        if (values is [var one]) Where($"{column} = {{0}}", one, NpgsqlDbType.Text);
        else Where($"{column} = any({{0}})", values, NpgsqlDbType.Array | NpgsqlDbType.Text);
    }

    /// <summary>Leaves out what the caller may not see. Each list and sum begins with this.</summary>
    /// <param name="column">A literal: the column that holds the connection's key.</param>
    internal void WhereAllowed(AllowedConnections allowed, string column = "connection") =>
        WhereAny(column, allowed.Keys);

    /// <summary>Numbers a parameter that stands in more than one place.</summary>
    internal string Parameter(object value, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        return $"${parameters.Count}";
    }

    /// <summary>A command can be made of the conditions any number of times.</summary>
    internal void AddParametersTo(NpgsqlParameterCollection command)
    {
        foreach (var parameter in parameters) command.Add(parameter.Clone());
    }

    /// <summary>A command for one page; the conditions can make any number of them.</summary>
    /// <param name="sql">Up to its conditions.</param>
    /// <param name="orderedBy">Column literals, the last one unique.</param>
    internal NpgsqlCommand Page(NpgsqlDataSource database, string sql, (string Key, string Unique, bool Descending) orderedBy, Cursor? after, int limit)
    {
        var (key, unique, descending) = orderedBy;
        var command = database.CreateCommand();
        AddParametersTo(command.Parameters);
        var all = new List<string>(conditions);
        if (after is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = after.At, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter { Value = after.Id });
            all.Add($"({key}, {unique}) {(descending ? '<' : '>')} (${command.Parameters.Count - 1}, ${command.Parameters.Count})");
        }

        var where = all.Count == 0 ? "" : $"where {string.Join(" and ", all)}";
        var direction = descending ? "desc" : "asc";
        command.CommandText = $"{sql} {where} order by {key} {direction}, {unique} {direction} limit {limit.ToString(CultureInfo.InvariantCulture)}";
        return command;
    }

    internal delegate bool TryParse<T>(string text, out T value);
}
