using Npgsql;
using Reconciler.Connections;
using Reconciler.Pages.Reading;
using Reconciler.Polling;

namespace Reconciler.Pages.ConnectionPages;

/// <summary>How the connections do that this reader may see.</summary>
internal static class HealthOf
{
    internal static async Task<IReadOnlyList<ConnectionHealth>> AllAsync(
        IEnumerable<OpenConnection> connections, NpgsqlDataSource database, DeliveryTally tally, SilenceClock silence, Reader reader)
    {
        var found = new List<ConnectionHealth>();
        foreach (var one in connections.Where(one => reader.Sees.Allow(one.Settings.Key)))
            found.Add(await ConnectionHealth.OfAsync(one, database, tally, silence, reader.Now, reader.Http.RequestAborted));
        return found;
    }
}
