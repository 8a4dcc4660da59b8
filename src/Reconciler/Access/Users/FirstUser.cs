namespace Reconciler.Access.Users;

/// <summary>
/// Where there are no users at all, makes the one that <c>Reconciler:FirstUser:Name</c> and <c>:Password</c> name, an administrator who
/// has to choose another password at the first sign-in. Where there are users, it does nothing.
/// </summary>
internal sealed partial class FirstUser(IConfiguration configuration, UserStore users, ILogger<FirstUser> log) : IHostedService
{
    /// <exception cref="InvalidOperationException">The name or the password will not do.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var given = configuration.GetSection("Reconciler:FirstUser");
        if (given["Name"] is not { Length: > 0 } name || given["Password"] is not { Length: > 0 } password) return;
        if ((await users.AllAsync(cancellationToken)).Count > 0) return;
        var known = User.NameOf(name) ?? throw new InvalidOperationException($"Reconciler__FirstUser__Name will not do. {User.NameRule}");
        if (Passwords.Trouble(password, known) is { } trouble) throw new InvalidOperationException($"Reconciler__FirstUser__Password will not do. {trouble}");
        if (await users.AddAsync(Actor.Service("start"), known, Role.Admin, password, mustChange: true, cancellationToken) is not null) Made(log, known);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "The first user was made: {Name}")]
    private static partial void Made(ILogger log, string name);
}
