using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Reconciler.Access;
using Reconciler.Access.Users;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Access;

/// <summary>Cookies and forms, without a screen: what a person's browser does when it gets in.</summary>
public sealed partial class Browser : IDisposable
{
    public const string Password = "a long enough password";

    private readonly HttpClientHandler handler = new() { AllowAutoRedirect = false };

    public Browser(Uri address) => Http = new HttpClient(handler) { BaseAddress = address };

    /// <summary>Sends the cookies, and follows nothing.</summary>
    public HttpClient Http { get; }

    /// <summary>The session and the form cookie, to be given to a real browser.</summary>
    public IReadOnlyList<Cookie> Cookies => [.. handler.CookieContainer.GetCookies(Http.BaseAddress!).Cast<Cookie>()];

    /// <summary>A new user of a role, signed in.</summary>
    public static async Task<Browser> SignedInAsync(ServiceHost service, Role role = Role.Admin)
    {
        var name = await UserAsync(service, role);
        var browser = new Browser(service.Address);
        (await browser.SignInAsync(name)).StatusCode.ShouldBe(HttpStatusCode.Found);
        return browser;
    }

    /// <summary>The name of a new user, whose password is <see cref="Password"/>.</summary>
    public static async Task<string> UserAsync(ServiceHost service, Role role = Role.Admin, bool mustChange = false)
    {
        var name = $"{role}-{Guid.CreateVersion7():N}".ToLowerInvariant();
        (await service.Services.GetRequiredService<UserStore>().AddAsync(Actor.Service("test"), name, role, Password, mustChange, CancellationToken.None))
            .ShouldNotBeNull();
        return name;
    }

    public Task<HttpResponseMessage> SignInAsync(string name, string password = Password, string back = "/") =>
        PostAsync("/sign-in", "/sign-in", new() { ["name"] = name, ["password"] = password, ["back"] = back });

    /// <summary>Loads a page, and sends one of its forms with the token that the page gave.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string action, Dictionary<string, string>? fields = null)
    {
        var sent = new Dictionary<string, string>(fields ?? []) { ["form"] = await TokenAsync(page) };
        return await Http.PostAsync(action, new FormUrlEncodedContent(sent));
    }

    public async Task<string> TokenAsync(string page)
    {
        var html = await Http.GetStringAsync(page);
        return WebUtility.HtmlDecode(Token().Match(html).Groups[1].Value);
    }

    public void Dispose()
    {
        Http.Dispose();
        handler.Dispose();
    }

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
