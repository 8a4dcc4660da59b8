using Microsoft.Extensions.Primitives;

namespace Reconciler.Pages.Reading;

/// <summary>
/// A page's query: the filter bar is the address. A form sends its empty fields, too, which mean nothing, and an address should say
/// nothing that means nothing: it is what people send each other.
/// </summary>
public sealed class PageQuery
{
    private readonly Dictionary<string, StringValues> given;
    private readonly string path;

    private PageQuery(string path, Dictionary<string, StringValues> given) => (this.path, this.given) = (path, given);

    /// <summary>Without the named entries, which are the page's own.</summary>
    internal static PageQuery Of(HttpRequest request, params ReadOnlySpan<string> own)
    {
        var given = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Query)
        {
            var said = values.Where(value => !string.IsNullOrWhiteSpace(value)).Select(value => value!.Trim()).ToArray();
            if (said.Length > 0 && !own.Contains(name)) given[name] = said;
        }

        return new PageQuery(Addresses.PathOf(request), given);
    }

    /// <summary>Where the same page is, said shortly; null where it was already.</summary>
    internal string? Shorter(HttpRequest request) => request.Query.Any(entry => entry.Value.Any(string.IsNullOrWhiteSpace)) ? Address : null;

    internal IQueryCollection Values => new QueryCollection(given);

    internal string Address => Addresses.With(path, given);

    /// <summary>The page without any query.</summary>
    internal string Bare => path;

    internal bool IsEmpty => given.Count == 0;

    internal string Text(string name) => given.TryGetValue(name, out var values) ? values.ToString() : "";

    internal bool Has(string name, string value) => given.TryGetValue(name, out var values) && values.Contains(value);

    internal IEnumerable<(string Name, string Value)> All =>
        given.SelectMany(entry => entry.Value, (entry, value) => (entry.Key, value!));

    /// <summary>The address with one entry set, or taken away where the value is null; on its first page.</summary>
    internal string With(string name, string? value) =>
        Changed(next => { if (value is null) next.Remove(name); else next[name] = value; }, keepsPage: name == "cursor");

    /// <summary>The address without one value of an entry; on its first page.</summary>
    internal string Without(string name, string value) => Changed(next => next[name] = next[name].Where(one => one != value).ToArray());

    private string Changed(Action<Dictionary<string, StringValues>> change, bool keepsPage = false)
    {
        var next = new Dictionary<string, StringValues>(given, StringComparer.Ordinal);
        if (!keepsPage) next.Remove("cursor");
        change(next);
        return Addresses.With(path, next);
    }
}
