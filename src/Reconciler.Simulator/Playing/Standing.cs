namespace Reconciler.Simulator.Playing;

/// <summary>Where a payout stands, in the simulator's own words. Each provider has its own word for each.</summary>
public enum Standing : byte
{
    Pending,
    Processing,
    Succeeded,
    Failed,
    Cancelled,
    Expired,

    /// <summary>pawaPay only: refused at the door. It is a failure that never calls back.</summary>
    Rejected,
}

public static class StandingWords
{
    public static bool IsFinal(this Standing standing) => standing > Standing.Processing;

    /// <summary>The word in which the truth is told: a rejected payout has failed.</summary>
    public static string Truth(this Standing standing) => standing switch
    {
        Standing.Pending => "pending",
        Standing.Processing => "processing",
        Standing.Succeeded => "succeeded",
        Standing.Failed or Standing.Rejected => "failed",
        Standing.Cancelled => "cancelled",
        Standing.Expired => "expired",
    };

    public static bool TryParse(string? word, out Standing standing)
    {
        (var known, standing) = word switch
        {
            "pending" => (true, Standing.Pending),
            "processing" => (true, Standing.Processing),
            "succeeded" => (true, Standing.Succeeded),
            "failed" => (true, Standing.Failed),
            "cancelled" => (true, Standing.Cancelled),
            "expired" => (true, Standing.Expired),
            "rejected" => (true, Standing.Rejected),
            _ => (false, default),
        };
        return known;
    }
}
