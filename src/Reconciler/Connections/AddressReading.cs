using System.Net;
using Reconciler.Hosting;

namespace Reconciler.Connections;

/// <summary>Reads addresses and networks, each spelled as one of both: a lone address is a network of one.</summary>
internal static class AddressReading
{
    public static IReadOnlyList<string>? Read(MemberReader reader, string name)
    {
        if (reader.Texts(name) is not { } texts) return null;
        for (var at = 0; at < texts.Count; at++)
        {
            if (!TryParse(texts[at], out _))
                reader.Problem($"{name}[{at}]", "An address like 18.192.208.15 is needed, or a network like 10.0.0.0/8.");
        }

        return [.. texts.Where(text => TryParse(text, out _))];
    }

    /// <exception cref="FormatException">It is neither.</exception>
    public static IPNetwork Parse(string text) =>
        TryParse(text, out var network) ? network : throw new FormatException("This is no address and no network.");

    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        // .NET takes 1.2.3 for 1.2.0.3, as inet_aton does: here that is a slip.
        var parts = text.Split('/')[0].Split('.').Length;
        if (!text.Contains(':', StringComparison.Ordinal) && parts != 4) return false;
        if (!IPAddress.TryParse(text, out var address)) return IPNetwork.TryParse(text, out network);
        var plain = PrivateAddresses.Plain(address);
        network = new IPNetwork(plain, plain.GetAddressBytes().Length * 8);
        return true;
    }
}
