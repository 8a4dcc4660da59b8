using Reconciler.Simulator.Commands;

namespace Reconciler.Simulator;

/// <summary>A class of its own name space, so that a test project may reference this program and the service together.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["--help" or "-h" or "help", ..] or [_, "--help" or "-h", ..] => Usage.ShowAsync(),
        ["demo", .. var rest] => DemoCommand.RunAsync(rest),
        ["connections", .. var rest] => ConnectionsCommand.RunAsync(rest),
        ["serve", .. var rest] => ServeCommand.RunAsync(rest),
        [] or [['-', ..], ..] => ServeCommand.RunAsync(args),
        [var unknown, ..] => Usage.FailAsync($"There is no command \"{unknown}\"."),
    };
}
