using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

/// <summary>What people write about a case: kept for ever, shown to others, so it is checked where it comes in.</summary>
internal static class CaseText
{
    internal const int CharactersMax = 2_000;

    /// <summary>Why it cannot be kept; null where it can. Line breaks and tabs are no control characters here.</summary>
    internal static Problem? Refusal(string field, string? text, bool isNeeded = true)
    {
        if (string.IsNullOrWhiteSpace(text))
            return isNeeded ? Problem.Invalid(field, "Say why, in words: whoever reads it later was not there.") : null;
        if (text.Length > CharactersMax) return Problem.Invalid(field, $"It has at most {CharactersMax} characters.");
        return QueryText.IsImpossible(text.Replace('\n', ' ').Replace('\t', ' ').Replace('\r', ' '))
            ? Problem.Invalid(field, "It holds a control character or half a character.")
            : null;
    }
}
