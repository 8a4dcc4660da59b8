using Microsoft.Playwright;

namespace Reconciler.Tests.Pages;

/// <summary>What people do on pages again and again.</summary>
internal static class Person
{
    internal static async Task SignInAsync(IPage page, string name)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(Access.Browser.Password);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button).ClickAsync();
        await page.WaitForURLAsync(address => !address.Contains("/sign-in", StringComparison.Ordinal));
    }
}
