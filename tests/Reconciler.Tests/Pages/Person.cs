using System.Text.RegularExpressions;
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
        await ArrivesAsync(page, new Regex("^(?!.*/sign-in)"));
    }

    internal static Task ArrivesAsync(IPage page, string address) => ArrivesAsync(page, new Regex(Regex.Escape(address) + "$"));

    // Looks at the address again and again. WaitForURLAsync looks once and then waits for a navigation: one that comes between the two,
    // it never sees.
    private static async Task ArrivesAsync(IPage page, Regex address)
    {
        await Assertions.Expect(page).ToHaveURLAsync(address);
        await page.WaitForLoadStateAsync();
    }
}
