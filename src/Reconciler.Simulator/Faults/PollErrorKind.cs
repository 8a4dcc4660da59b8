namespace Reconciler.Simulator.Faults;

/// <summary>What can go wrong with the answer to a status request.</summary>
public enum PollErrorKind : byte
{
    /// <summary>429 in the provider's documented form.</summary>
    Throttled,

    /// <summary>500 in the provider's form.</summary>
    Broken,

    /// <summary>200 with an HTML page, as a proxy's maintenance page comes.</summary>
    Html,

    /// <summary>The true answer, after a long wait.</summary>
    Slow,

    /// <summary>The connection is cut in the middle of the body.</summary>
    Cut,

    /// <summary>200 without a body.</summary>
    Empty,

    /// <summary>401 though the credentials are right.</summary>
    Unauthorised,

    /// <summary>404 (or the provider's way of saying it) though the payout exists.</summary>
    NotFound,

    /// <summary>The answer is about another payout than the one asked for.</summary>
    WrongId,
}

public static class PollErrorWords
{
    public static readonly IReadOnlyDictionary<string, PollErrorKind> ByWord = new Dictionary<string, PollErrorKind>
    {
        ["429"] = PollErrorKind.Throttled,
        ["500"] = PollErrorKind.Broken,
        ["html"] = PollErrorKind.Html,
        ["slow"] = PollErrorKind.Slow,
        ["cut"] = PollErrorKind.Cut,
        ["empty"] = PollErrorKind.Empty,
        ["401"] = PollErrorKind.Unauthorised,
        ["404"] = PollErrorKind.NotFound,
        ["wrongid"] = PollErrorKind.WrongId,
    };
}
