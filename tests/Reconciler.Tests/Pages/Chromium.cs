using Microsoft.Playwright;
using Reconciler.Access.Users;
using Reconciler.Tests.Database;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Pages;

/// <summary>One real browser, one service with payouts and one without, for all tests of pages.</summary>
public sealed class Chromium(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    // Where ops/install puts it, or finds it.
    private static readonly string Program = Environment.GetEnvironmentVariable("RECONCILER_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";

    private readonly Dictionary<(ServiceHost, Role), IReadOnlyList<System.Net.Cookie>> sessions = [];
    private IPlaywright? playwright;
    private IBrowser? browser;
    private ServiceHost? full;
    private ServiceHost? empty;

    public ServiceHost Full => full!;

    public ServiceHost Empty => empty!;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(15_000);
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = Flags });
        full = await ServiceHost.StartAsync(postgres);
        empty = await ServiceHost.StartAsync(postgres);
        await Stories.TellAsync(full);
    }

    /// <summary>A browser of somebody with a role, signed in; each is a person of its own.</summary>
    public async Task<IBrowserContext> OpenAsync(ServiceHost service, Role? role, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = service.Address.ToString();
        options.TimezoneId ??= "Africa/Lagos";
        var context = await browser!.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        if (role is { } known) await context.AddCookiesAsync((await SessionAsync(service, known)).Select(Of));
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (full is not null) await full.DisposeAsync();
        if (empty is not null) await empty.DisposeAsync();
    }

    private async Task<IReadOnlyList<System.Net.Cookie>> SessionAsync(ServiceHost service, Role role)
    {
        if (sessions.TryGetValue((service, role), out var known)) return known;
        using var person = await Access.Browser.SignedInAsync(service, role);
        return sessions[(service, role)] = person.Cookies;
    }

    private static Microsoft.Playwright.Cookie Of(System.Net.Cookie cookie) =>
        new() { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path, HttpOnly = cookie.HttpOnly };
}

/// <summary>Tests of pages share one browser, and take turns.</summary>
[CollectionDefinition(Name)]
public sealed class OneChromium : ICollectionFixture<Chromium>
{
    public const string Name = "Pages in Chromium";
}
