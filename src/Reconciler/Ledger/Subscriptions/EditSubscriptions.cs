using System.Globalization;
using Reconciler.Access;
using Reconciler.Connections;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Providers;

namespace Reconciler.Ledger.Subscriptions;

/// <summary>Makes, changes and removes subscriptions. What is sent follows within a second or two.</summary>
internal static class EditSubscriptions
{
    private const int TriesMax = 5;
    private const int RetryAfterSeconds = 1;

    internal static async Task<IResult> CreateAsync(
        HttpContext context, SubscriptionStore store, SubscriptionDefinitions definitions, ConnectionRegistry connections, WebhookSender sender,
        TimeProvider clock, CancellationToken cancellation)
    {
        var (given, refused) = await SubscriptionBody.ReadAsync(
            context.Request, (root, problems) => Known(GivenSubscription.Read(root, isNew: true, problems), context, connections, problems), cancellation);
        if (given is null) return refused!;
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var (secrets, made) = Merged(given.Secrets, stored: [], clock.GetUtcNow());
        if (!await definitions.CreateAsync(context.Actor(), id, given, secrets, cancellation))
        {
            return given.StartAfter is null || (await store.ShowAsync(id: null, cancellation)).Count >= SubscriptionDefinitions.CountMax
                ? new Problem(ProblemKind.SubscriptionsFull, $"There are {SubscriptionDefinitions.CountMax} subscriptions. Remove one that is not needed.")
                : Problem.Invalid("startAfter", "It lies beyond the feed's head: take a position that the feed gave.");
        }

        sender.LookNow();
        context.Response.Headers.Location = $"{SubscriptionRoutes.Root}/{id}";
        return await AnswerAsync(id, secrets, made, StatusCodes.Status201Created, store, cancellation);
    }

    internal static async Task<IResult> PutAsync(
        string id, HttpContext context, SubscriptionStore store, SubscriptionDefinitions definitions, Installation installation,
        ConnectionRegistry connections, WebhookSender sender, TimeProvider clock, CancellationToken cancellation)
    {
        var (given, refused) = await SubscriptionBody.ReadAsync(
            context.Request, (root, problems) => Known(GivenSubscription.Read(root, isNew: false, problems), context, connections, problems), cancellation);
        if (given is null) return refused!;
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            if (await ReadSubscriptions.FindAsync(id, context, store, cancellation) is not { Row: var row }) return ReadSubscriptions.Unknown(id);
            var stored = ReadSubscriptions.Secrets(row, installation);
            var (secrets, made) = Merged(given.Secrets, stored, clock.GetUtcNow());
            if (!(given.IsThatOf(row) && secrets.SequenceEqual(stored)))
            {
                if (!await definitions.ChangeAsync(context.Actor(), row, given, stored, secrets, cancellation)) continue;
                sender.LookNow();
            }

            return await AnswerAsync(row.Id, secrets, made, StatusCodes.Status200OK, store, cancellation);
        }

        return Problem.Unavailable("Others change this subscription at the same time. Try again.", RetryAfterSeconds);
    }

    internal static async Task<IResult> DeleteAsync(
        string id, HttpContext context, SubscriptionStore store, SubscriptionDefinitions definitions, WebhookSender sender,
        CancellationToken cancellation)
    {
        if (await ReadSubscriptions.FindAsync(id, context, store, cancellation) is not { } shown) return ReadSubscriptions.Unknown(id);
        if (!await definitions.DeleteAsync(context.Actor(), shown.Row.Id, cancellation)) return ReadSubscriptions.Unknown(id);
        sender.LookNow();
        return TypedResults.NoContent();
    }

    private static async Task<IResult> AnswerAsync(
        Guid id, IReadOnlyList<SubscriptionSecret> secrets, IReadOnlyList<SubscriptionSecret> made, int status, SubscriptionStore store,
        CancellationToken cancellation) =>
        (await store.ShowAsync(id, cancellation)).SingleOrDefault() is { } shown
            ? TypedResults.Json(SubscriptionAnswer.Of(shown, secrets.Select(secret => secret.Id), made), JsonShapes.Answered, statusCode: status)
            : ReadSubscriptions.Unknown(id.ToString());

    private static GivenSubscription? Known(GivenSubscription? given, HttpContext context, ConnectionRegistry connections, List<SettingProblem> problems)
    {
        var allowed = context.Actor().Connections;
        if (given is { Connections.Count: 0 } && allowed.Keys is not null)
            problems.Add(new SettingProblem("connections", "You see some connections only: name those that it is told of."));
        if (given?.Connections.FirstOrDefault(key => connections.Find(key) is null || !allowed.Allow(key)) is { } unknown)
            problems.Add(new SettingProblem("connections", $"There is no connection '{unknown}'."));
        return given;
    }

    /// <summary>What is signed with from now on; what is not said stays, what is not there is made.</summary>
    private static (IReadOnlyList<SubscriptionSecret> Secrets, IReadOnlyList<SubscriptionSecret> Made) Merged(
        IReadOnlyList<(string Id, Secret? Secret)>? given, IReadOnlyList<SubscriptionSecret> stored, DateTimeOffset now)
    {
        if (given is null && stored.Count > 0) return (stored, []);
        var made = new List<SubscriptionSecret>();
        var secrets = new List<SubscriptionSecret>();
        foreach (var (id, secret) in given ?? [(now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), null)])
        {
            var kept = secret is null ? stored.FirstOrDefault(one => one.Id == id) : new SubscriptionSecret(id, secret);
            if (kept is null) made.Add(kept = new SubscriptionSecret(id, StandardWebhook.NewSecret()));
            secrets.Add(kept);
        }

        return (secrets, made);
    }
}
