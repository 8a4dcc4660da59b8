using System.Net;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Ingest;

/// <summary>Whether a delivery may come from where it came from. The address is the socket's, or what a declared proxy says of its caller.</summary>
internal static class DeliveryAddress
{
    internal static bool IsAllowed(WebhookSettings webhook, IPAddress? remote)
    {
        if (webhook.AllowedAddresses.IsEmpty) return true;
        if (remote is null) return false;
        var plain = PrivateAddresses.Plain(remote);
        foreach (var network in webhook.AllowedAddresses)
            if (network.Contains(plain)) return true;
        return false;
    }
}
