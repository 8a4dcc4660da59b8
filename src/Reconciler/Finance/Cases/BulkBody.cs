using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Hosting;

namespace Reconciler.Finance.Cases;

public enum BulkAction
{
    Assign,
    Unassign,
    Note,
    Propose,
    Approve,
    Reject,
}

/// <summary>The same done to many cases.</summary>
/// <param name="Ids">1 to 200 cases, each once.</param>
/// <param name="Owner">Of assign: me, or a reference.</param>
/// <param name="Outcome">Of propose.</param>
/// <param name="Note">Of note, propose and reject; with approve it may be left out.</param>
/// <param name="Preview">true: only tell what would happen to each.</param>
/// <param name="Token">The preview's: now do it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkBody(
    BulkAction? Action, ImmutableArray<Guid>? Ids, string? Owner, ProposedOutcome? Outcome, string? Note, bool? Preview, string? Token)
{
    internal const int CasesMax = 200;

    /// <summary>What is wrong with it before any case is looked at; null where nothing is.</summary>
    internal Problem? Refusal()
    {
        if (Action is not { } action) return Problem.Invalid("action", "It is missing.");
        if (Ids is not { IsDefault: false } ids || ids.Length is 0 or > CasesMax) return Problem.Invalid("ids", $"Name 1 to {CasesMax} cases.");
        if (ids.Distinct().Count() != ids.Length) return Problem.Invalid("ids", "A case is named twice.");
        if ((Preview == true) == (Token is not null)) return Problem.Invalid("preview", "Send preview: true, and then the same with the preview's token in its place.");
        if ((action == BulkAction.Assign) != (Owner is { Length: > 0 })) return Problem.Invalid("owner", "It is needed to assign, and for nothing else.");
        if ((action == BulkAction.Propose) != (Outcome is not null)) return Problem.Invalid("outcome", "It is needed to propose, and for nothing else.");
        if (action is BulkAction.Assign or BulkAction.Unassign && Note is not null) return Problem.Invalid("note", "It is noted with action note.");
        return action is BulkAction.Assign or BulkAction.Unassign ? null : CaseText.Refusal("note", Note, isNeeded: action != BulkAction.Approve);
    }

    /// <summary>Names what is asked and who asks it, so that a token serves for nothing else.</summary>
    internal byte[] Digest(Actor actor) =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { Who = actor.PersonReference, What = this with { Preview = null, Token = null } }, JsonShapes.Answered));
}

public enum BulkOutcome
{
    /// <summary>In a preview: it would be done.</summary>
    WouldBeDone,

    Done,

    /// <summary>The rules do not allow it; the problem says why.</summary>
    Refused,

    /// <summary>The case, or what was said about its payout, is not what it was in the preview: nothing was done to it.</summary>
    Changed,

    /// <summary>It could not be made permanent now.</summary>
    Failed,
}

/// <param name="Text">What would be, or was, done; null where nothing.</param>
public sealed record BulkItem(Guid Id, BulkOutcome Outcome, string? Text, ProblemBody? Problem);

/// <param name="Token">Of a preview: sent back, it does what was previewed. Null once that was done.</param>
public sealed record BulkAnswer(IReadOnlyList<BulkItem> Items, string? Token);
