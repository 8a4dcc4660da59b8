using System.Globalization;
using System.Text;
using Reconciler.Ledger;

namespace Reconciler.Pages.Parts;

/// <summary>Amounts and counts as people read them. Exact: digits are set apart, never computed with.</summary>
internal static class Amounts
{
    /// <summary>Decimal text with a comma after each three digits before the point.</summary>
    internal static string Grouped(string plain)
    {
        var point = plain.IndexOf('.');
        var whole = point < 0 ? plain : plain[..point];
        var first = whole.StartsWith('-') ? 1 : 0;
        var grouped = new StringBuilder(plain.Length + 8);
        for (var at = 0; at < whole.Length; at++)
        {
            if (at > first && (whole.Length - at) % 3 == 0) grouped.Append(',');
            grouped.Append(whole[at]);
        }

        return point < 0 ? grouped.ToString() : grouped.Append(plain, point, plain.Length - point).ToString();
    }

    internal static string Count(long count) => Grouped(count.ToString(CultureInfo.InvariantCulture));

    internal static string Times(long count) => count switch { 0 => "never", 1 => "once", _ => $"{Count(count)} times" };

    internal static string Text(decimal amount, string currency) => ChangeRows.Shown(amount, currency).Text;
}
