using System.Diagnostics;
using System.Globalization;

namespace Reconciler.Database;

/// <summary>
/// A shell that waits at the end of a pipe for us to die, even by <c>kill -9</c>, and then stops the server, so that none is left behind.
/// </summary>
public sealed class ServerGuard : IDisposable
{
    // The server's process is known by the directory it stands in as well as by its number, which may be another's by then.
    private const string Script = """
        while read -r line; do server=$line; done
        if [ -n "$server" ] && [ "/proc/$server/cwd" -ef "$1" ]; then kill -INT "$server"; fi
        """;

    private readonly Process shell;

    private ServerGuard(Process shell) => this.shell = shell;

    public static ServerGuard Start(ServerAccount account, string dataDirectory)
    {
        // In a session of its own: Ctrl+C in a terminal is meant for the service, which stops the server when it has finished with it.
        var start = account.Command("sh", ["-c", Script, "sh", dataDirectory], "setsid");
        return new ServerGuard(Process.Start(start) ?? throw new PrivateClusterFault("The guard of PostgreSQL did not start."));
    }

    /// <summary>Names the server's first process, again after each restart.</summary>
    public void Watch(int postmaster)
    {
        shell.StandardInput.WriteLine(postmaster.ToString(CultureInfo.InvariantCulture));
        shell.StandardInput.Flush();
    }

    public void Dispose()
    {
        shell.StandardInput.Dispose();
        shell.Dispose();
    }
}
