using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Reconciler.Database;

/// <summary>The loopback port of a cluster: the one it had before, when that is free, or else a new one.</summary>
public static class ServerPort
{
    // Below the range that Linux hands to outgoing connections, so that none takes the port while the server restarts.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;
    private const int AttemptsMax = 200;

    public static int Choose(string noteFile)
    {
        if (File.Exists(noteFile) && int.TryParse(File.ReadAllText(noteFile), CultureInfo.InvariantCulture, out var earlier) && IsFree(earlier))
        {
            return earlier;
        }

        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            if (IsFree(port))
            {
                File.WriteAllText(noteFile, port.ToString(CultureInfo.InvariantCulture));
                return port;
            }
        }

        throw new PrivateClusterFault($"No free port between {Lowest} and {Highest} for PostgreSQL on 127.0.0.1.");
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (Exception taken) when (taken is SocketException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
