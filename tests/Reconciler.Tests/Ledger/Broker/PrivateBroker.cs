using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;
using Reconciler.Database;
using Reconciler.Tests.Database;

namespace Reconciler.Tests.Ledger.Broker;

/// <summary>
/// A RabbitMQ of our own: its own node, ports, Erlang port mapper, cookie and files, so that nothing of it meets another run or a broker
/// of the system. Stopped when this is disposed and, by a guard, when this process is killed.
/// </summary>
public sealed class PrivateBroker : IAsyncDisposable
{
    public const string User = "reconciler";
    public const string Password = "s3cret-of-the-broker";

    private const int StartAttemptsMax = 3;
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    // Whatever process was named and still stands in our folder is ended when the end of the pipe comes.
    private const string Guard = """
        while read -r line; do pids="$pids $line"; done
        for pid in $pids; do if grep -qas "$1" "/proc/$pid/environ"; then kill -9 "$pid"; fi; done
        """;

    private readonly TemporaryFolder folder = TemporaryFolder.New();
    private readonly DirectoryLock? held;
    private readonly Process guard;
    private Process? mapper;
    private Process? server;
    private int mapperPort;
    private int distributionPort;

    private PrivateBroker()
    {
        held = DirectoryLock.TryTake(folder.Path);
        guard = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Guard, "sh", folder.Path]) { RedirectStandardInput = true })!;
    }

    public int Port { get; private set; }

    public string Uri => UriOf(Port);

    public static string UriOf(int port, string password = Password) => $"amqp://{User}:{password}@127.0.0.1:{port}/";

    public static async Task<PrivateBroker> StartAsync()
    {
        var broker = new PrivateBroker();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                broker.ChoosePorts();
                try
                {
                    await broker.StartAgainAsync();
                    return broker;
                }
                catch (InvalidOperationException) when (attempt < StartAttemptsMax)
                {
                    // Another program may have taken one of the ports between looking and listening.
                    await broker.KillAsync();
                }
            }
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts on the same ports with what was kept; returns when it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        mapper ??= Run("epmd", ["-port", $"{mapperPort}", "-address", "127.0.0.1"]);
        server = Run(Program("rabbitmq-server"), []);
        var started = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (server.HasExited || TimeProvider.System.GetElapsedTime(started) > StartMax)
                throw new InvalidOperationException($"RabbitMQ did not start within {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s:\n{Said()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>As an operator stops it: what it holds is written down.</summary>
    public async Task StopAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", $"{server!.Id}"]);
        await server.WaitForExitAsync().WaitAsync(StopMax, TimeProvider.System);
    }

    /// <summary>SIGKILL: nothing of it can react.</summary>
    public async Task KillAsync()
    {
        if (server is { HasExited: false })
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    /// <summary>Runs <c>rabbitmqctl</c>.</summary>
    public async Task ControlAsync(params string[] arguments)
    {
        using var control = Run(Program("rabbitmqctl"), arguments);
        await control.WaitForExitAsync().WaitAsync(StopMax, TimeProvider.System);
        control.ExitCode.ShouldBe(0, $"rabbitmqctl {string.Join(' ', arguments)}");
    }

    public Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = new Uri(Uri), AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (mapper is not null)
        {
            mapper.Kill();
            await mapper.WaitForExitAsync();
        }

        guard.StandardInput.Dispose();
        await guard.WaitForExitAsync();
        held?.Dispose();
        folder.Dispose();
    }

    private void ChoosePorts()
    {
        Port = ServerPort.Choose(File("port"));
        mapperPort = ServerPort.Choose(File("port.mapper"));
        distributionPort = ServerPort.Choose(File("port.distribution"));
        System.IO.File.WriteAllText(File("rabbitmq.conf"), $"""
            listeners.tcp.local = 127.0.0.1:{Port}
            default_user = {User}
            default_pass = {Password}
            disk_free_limit.absolute = 1MB
            vm_memory_high_watermark.absolute = 1GB
            log.console = true
            log.console.level = warning
            log.file = false
            """);
    }

    private string File(string name) => Path.Combine(folder.Path, name);

    private string Said() => System.IO.File.Exists(File("log.txt")) ? System.IO.File.ReadAllText(File("log.txt")) : "";

    private static string Program(string name) =>
        Path.Combine(Environment.GetEnvironmentVariable("RECONCILER_RABBITMQ_BIN") is { Length: > 0 } named ? named : "/usr/lib/rabbitmq/bin", name);

    private Process Run(string program, IEnumerable<string> arguments)
    {
        // A shell, so that what it says goes to a file and not through a pipe that somebody must read; it is then the program itself.
        var start = new ProcessStartInfo("sh", ["-c", """log=$1; shift; exec "$@" >> "$log" 2>&1 < /dev/null""", "sh", File("log.txt"), program, .. arguments])
        {
            WorkingDirectory = folder.Path,
            Environment =
            {
                ["HOME"] = folder.Path,
                ["ERL_EPMD_PORT"] = mapperPort.ToString(CultureInfo.InvariantCulture),
                ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
                ["RABBITMQ_NODENAME"] = $"test-{Port}@localhost",
                ["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture),
                ["RABBITMQ_MNESIA_BASE"] = File("database"),
                ["RABBITMQ_LOG_BASE"] = File("log"),
                ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
                ["RABBITMQ_CONFIG_FILE"] = File("rabbitmq.conf"),
                ["RABBITMQ_ADVANCED_CONFIG_FILE"] = File("advanced.config"),
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = File("plugins"),
                ["RABBITMQ_FEATURE_FLAGS_FILE"] = File("feature-flags"),
                ["RABBITMQ_PID_FILE"] = File("pid"),
                // Without an input to allow, the script would stay between us and the server.
                ["RABBITMQ_ALLOW_INPUT"] = "1",
                ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-noinput -start_epmd false",
            },
        };
        var process = Process.Start(start)!;
        guard.StandardInput.WriteLine(process.Id.ToString(CultureInfo.InvariantCulture));
        guard.StandardInput.Flush();
        return process;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await using var connection = await ConnectAsync();
            await connection.CloseAsync();
            return true;
        }
        catch (Exception notYet) when (notYet is SocketException or RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException)
        {
            return false;
        }
    }
}
