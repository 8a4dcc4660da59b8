using System.Net;
using System.Net.Sockets;

namespace Reconciler.Hosting;

/// <summary>
/// Which addresses are no public ones: this machine, private and shared networks, link-local (where clouds answer with credentials),
/// multicast, and whatever wraps an IPv4 address. Source: the IANA special-purpose registries of IPv4 and IPv6, read November 2026.
/// </summary>
public static class PrivateAddresses
{
    private static readonly IPNetwork[] V4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Azure answers a machine's own questions at this one, though it looks public.
            "168.63.129.16/32",
        }.Select(IPNetwork.Parse),
    ];

    // What is given out to the public lies in here; the rest (mapped, NAT64, unique local, link-local, multicast) does not.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] V6 =
    [
        .. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse),
    ];

    /// <summary>An IPv4 address in the dress of IPv6 is that IPv4 address.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    public static bool Contain(IPAddress address)
    {
        var plain = Plain(address);
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => V4.Any(network => network.Contains(plain)),
            AddressFamily.InterNetworkV6 => plain.ScopeId != 0 || !GlobalUnicast.Contains(plain) || V6.Any(network => network.Contains(plain)),
            _ => true,
        };
    }
}
