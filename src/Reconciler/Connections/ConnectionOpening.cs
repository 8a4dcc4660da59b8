using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>Opens a stored connection. What cannot be opened is named and left out: the others work on.</summary>
internal sealed class ConnectionOpening(Installation installation, ProviderHttp http, TimeProvider clock, ILogger logger)
{
    public OpenConnection? Open(ConnectionRow row)
    {
        try
        {
            var document = row.Document;
            var secrets = installation.Secrets.Open(row.Key, row.SealedSecrets).Within(document);
            var provider = ProviderCatalog.For(document.Provider);
            var settings = EffectiveSettings.Of(row.Key, document, secrets, provider.Defaults);
            var problems = provider.Check(settings);
            if (problems.Count == 0)
            {
                var opened = provider.Open(settings, http.For(settings), clock);
                return new OpenConnection(settings, opened, provider, row.Revision) { IsPaused = document.Paused == true };
            }

            ConnectionLog.Unusable(logger, row.Key.ToString(), string.Join(", ", problems.Select(problem => problem.Field)));
        }
        catch (CryptographicException)
        {
            ConnectionLog.Unusable(logger, row.Key.ToString(), "the seal of its secrets");
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            ConnectionLog.Unusable(logger, row.Key.ToString(), "its stored settings");
        }

        return null;
    }
}
