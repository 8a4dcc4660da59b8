using System.Globalization;

namespace Reconciler.Benchmarks;

/// <summary>CPU time of a PostgreSQL server: its first process and all of that one's children, from the kernel's own accounting.</summary>
internal static class PostgresCpu
{
    private const int TicksPerSecond = 100;
    private const int ParentField = 1;
    private const int UserField = 11;
    private const int ChildrenSystemField = 14;

    /// <remarks>A backend that ended is counted with its parent, which waited for it.</remarks>
    internal static TimeSpan Of(int postmaster)
    {
        var ticks = 0L;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            if (Read(process) is not { } fields) continue;
            var isPostmaster = Path.GetFileName(process) == postmaster.ToString(CultureInfo.InvariantCulture);
            if (!isPostmaster && Number(fields[ParentField]) != postmaster) continue;
            for (var field = UserField; field <= (isPostmaster ? ChildrenSystemField : UserField + 1); field++) ticks += Number(fields[field]);
        }

        return TimeSpan.FromSeconds(ticks) / TicksPerSecond;
    }

    private static string[]? Read(string process)
    {
        try
        {
            // After the name in brackets, which may hold blanks.
            var text = File.ReadAllText(Path.Combine(process, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
