using Reconciler.Core;

namespace Reconciler.Connections;

/// <summary>Reads and checks <c>personalData</c>: for how long after its final a payout's personal data is kept.</summary>
internal static class PersonalDataReading
{
    internal static readonly TimeSpan KeepMin = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepMax = TimeSpan.FromDays(100 * 365);

    public static PersonalDataDocument? Read(MemberReader? data)
    {
        if (data is null) return null;
        var text = data.Text("keepFor");
        if (text is not null && Parsed(text) is not { }) data.Problem("keepFor", $"A span from {Duration.Text(KeepMin)} to {Duration.Text(KeepMax)} is needed, like 400d; without it, for ever.");
        data.Close();
        return text is null || Parsed(text) is null ? null : new PersonalDataDocument(text);
    }

    /// <summary>Null: no such span.</summary>
    internal static TimeSpan? Parsed(string text) => Duration.TryParse(text, KeepMax, out var span) && span >= KeepMin ? span : null;
}
