namespace Reconciler.Access;

/// <summary>Where a call came from, as it is recorded.</summary>
/// <param name="Address">Of the caller, or of the first known proxy's client; null without a network.</param>
/// <param name="UserAgent">What the caller says it is, cut and without control characters.</param>
public sealed record CalledFrom(string? Address, string? UserAgent)
{
    private const int UserAgentCharactersMax = 200;

    public static CalledFrom Nowhere { get; } = new(null, null);

    public static CalledFrom Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address?.IsIPv4MappedToIPv6 == true) address = address.MapToIPv4();
        var agent = context.Request.Headers.UserAgent.ToString();
        var shown = new string([.. agent.Where(character => character is >= ' ' and <= '~').Take(UserAgentCharactersMax)]);
        return new CalledFrom(address?.ToString(), shown.Length > 0 ? shown : null);
    }
}
