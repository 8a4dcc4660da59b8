using Reconciler.Core;

namespace Reconciler.Pages.Parts;

/// <summary>The shape of each status, drawn in a square of 16.</summary>
internal static class Shapes
{
    private const string Ring = "M8 2a6 6 0 1 1 0 12A6 6 0 1 1 8 2z";

    internal static string Of(PayoutStatus status) => status switch
    {
        PayoutStatus.Pending => Ring,
        PayoutStatus.Processing => Ring + "M8 4.500V8l2.500 1.500",
        PayoutStatus.Succeeded => "M2.500 8.500 6 12l7.500-8",
        PayoutStatus.Failed => "M3.500 3.500l9 9M12.500 3.500l-9 9",
        PayoutStatus.Cancelled => Ring + "M4 12 12 4",
        PayoutStatus.Expired => "M4 2h8M4 14h8M5 2v2l6 8v2M11 2v2L5 12v2",
    };
}
