using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Reconciler.Access;
using Reconciler.Core;
using Reconciler.Finance;
using Reconciler.Finance.Cases;
using Reconciler.Hosting;

namespace Reconciler.Personal;

/// <summary><c>POST /v1/payouts/{connection}/{id}/erase</c>.</summary>
internal static class EraseRoute
{
    internal const string Path = PayoutPaths.Root + "{connection}/{id}/erase";
    private const int BodyBytesMax = 16 * 1024;

    internal static IServiceCollection AddPersonal(this IServiceCollection services) => services
        .AddSingleton<ErasePayout>()
        .AddSingleton<EraseByAge>()
        .AddHostedService<RetentionClock>();

    internal static void MapPersonal(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, HandleAsync).RequireScope(Scope.Admin)
            .WithTags("Payouts").WithSummary("Erase what is personal of a payout, for good")
            .WithDescription("The kept bytes, their headers and what was announced beside the money are gone; the events, the money and the digests stay. "
                + "Again, it answers the same. 409 where the payout is not final or has open cases, unless force is true.")
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax))
            .Accepts<EraseBody>("application/json")
            .Produces<ErasedAnswer>()
            .Refuses(404, 409, 413, 415, 422, 503);

    private static async Task<IResult> HandleAsync(
        string connection, string id, HttpContext context, ErasePayout erase, CancellationToken cancellation)
    {
        if (PayoutPaths.IdOf(connection, id) is not { } payout || !context.Actor().Connections.Allow(payout.Connection)) return GetPayout.Unknown(connection, id);
        var (body, unread) = await CaseBody.ReadAsync<EraseBody>(context, cancellation);
        if (unread is not null) return unread;
        if (CaseText.Refusal("why", body!.Why) is { } unfit) return unfit;
        return await erase.EraseAsync(payout, body.Why!, body.Force, context.Actor(), cancellation) switch
        {
            Erasure.Done done => TypedResults.Ok(new ErasedAnswer(payout.StreamId, done.At)),
            Erasure.NotSettled open => Refusal(payout, open),
            _ => GetPayout.Unknown(connection, id),
        };
    }

    internal static Problem Refusal(PayoutId payout, Erasure.NotSettled open) => new(
        ProblemKind.PayoutNotSettled,
        open.IsFinal
            ? $"{payout} has {open.OpenCases} open cases, which its bytes may be needed for. With force it is erased all the same."
            : $"{payout} is not final: its bytes may still be needed. With force it is erased all the same.");
}

/// <param name="Why">1 to 2000 characters, for the audit log.</param>
/// <param name="Force">Though it is not final, or has open cases.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EraseBody(string? Why, bool Force = false);

/// <param name="Id"><c>{connection}/{providerPayoutId}</c>.</param>
/// <param name="ErasedAt">When it was done, the first time.</param>
public sealed record ErasedAnswer(string Id, DateTimeOffset ErasedAt);
