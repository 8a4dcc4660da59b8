using System.Text;

namespace Reconciler.Database;

/// <summary>
/// The text of <c>reconciler.conf</c>, written anew at each start. Before it stands what initdb found out about the machine
/// (<c>postgresql.conf</c>), after it what an operator adds (<c>local.conf</c>).
/// </summary>
public static class ServerSettings
{
    /// <summary>Durable first, then tuned for many small commits on one machine that also runs the service.</summary>
    public static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>
    {
        ["listen_addresses"] = "127.0.0.1",
        ["unix_socket_directories"] = "",
        ["password_encryption"] = "scram-sha-256",
        ["max_connections"] = "100",

        ["fsync"] = "on",
        ["full_page_writes"] = "on",
        ["synchronous_commit"] = "on",

        ["shared_buffers"] = "1GB",
        ["wal_buffers"] = "16MB",
        ["wal_compression"] = "lz4",
        ["max_wal_size"] = "4GB",
        ["min_wal_size"] = "1GB",
        ["wal_init_zero"] = "off",
        ["checkpoint_timeout"] = "15min",
        ["timezone"] = "UTC",

        // One file a weekday, each overwritten a week later. Statements and the values in DETAIL lines stay out: they hold payouts.
        ["logging_collector"] = "on",
        ["log_directory"] = "log",
        ["log_filename"] = "postgresql-%a.log",
        ["log_rotation_age"] = "1d",
        ["log_rotation_size"] = "0",
        ["log_truncate_on_rotation"] = "on",
        ["log_timezone"] = "UTC",
        ["log_error_verbosity"] = "terse",
        ["log_min_error_statement"] = "panic",
        ["log_parameter_max_length_on_error"] = "0",
    };

    public static string File(int port, IReadOnlyDictionary<string, string> overrides)
    {
        var settings = new SortedDictionary<string, string>(Defaults.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, value) in overrides)
        {
            settings[name] = value;
        }

        settings["port"] = port.ToString();
        var text = new StringBuilder("# Written by the service at each start. Settings of your own belong into local.conf beside it.\n");
        foreach (var (name, value) in settings)
        {
            text.Append(name).Append(" = '").Append(value.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");
        }

        return text.ToString();
    }
}
