using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using Reconciler.Connections;

namespace Reconciler.Access.Sessions;

/// <summary>
/// Where ASP.NET Core keeps the keys that seal cookies and forms: in the database, so that all nodes share them, sealed under the
/// master key, so that whoever has the database alone cannot make a cookie.
/// </summary>
internal sealed partial class CookieKeys(NpgsqlDataSource database, Installation installation, TimeProvider clock, ILogger<CookieKeys> log)
    : IXmlRepository
{
    private const string Insert = """
        insert into reconciler.cookie_keys (name, sealed, created_at) values ($1, $2, $3)
        on conflict (name) do update set sealed = excluded.sealed
        """;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("select name, sealed from reconciler.cookie_keys order by created_at, name");
        using var rows = command.ExecuteReader();
        var elements = new List<XElement>();
        while (rows.Read())
        {
            var name = rows.GetString(0);
            try
            {
                elements.Add(XElement.Parse(Encoding.UTF8.GetString(installation.Cookies.Open(BoundTo(name), rows.GetFieldValue<byte[]>(1)))));
            }
            catch (CryptographicException)
            {
                // Somebody changed the row. The sessions under it end; new ones are sealed under another key.
                Unreadable(log, name);
            }
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var name = friendlyName is { Length: > 0 and <= 200 } ? friendlyName : Guid.CreateVersion7().ToString();
        using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = installation.Cookies.Seal(BoundTo(name), Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting))),
        });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() });
        command.ExecuteNonQuery();
    }

    private static string BoundTo(string name) => $"cookie-key/{name}";

    [LoggerMessage(Level = LogLevel.Error, Message = "The cookie key {Name} does not open: its row was changed, or sealed under another master key")]
    private static partial void Unreadable(ILogger log, string name);
}
