using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>What the two versions' requests are, and what is pawaPay's own among the answers.</summary>
public sealed class Asking_pawaPay_version_1 : AskingContract<PawaPayV1Samples>
{
    [Fact]
    public async Task The_request_is_the_documented_one()
    {
        await using var server = Serving(ServedAnswer.Json(Samples.Answer(Samples.Success)));
        await Open(Settings(server.Url)).AskAsync(new StatusQuestion(Samples.PayoutId, 0), CancellationToken.None);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target).ShouldBe(("GET", $"/payouts/{Samples.PayoutId}"));
        request.Headers["Authorization"].ShouldBe("Bearer made-up-pawapay-token");
    }
}

public sealed class Asking_pawaPay_version_2 : AskingContract<PawaPayV2Samples>
{
    [Fact]
    public async Task The_request_is_the_documented_one()
    {
        await using var server = Serving(ServedAnswer.Json(Samples.Answer(Samples.Success)));
        await Open(Settings(server.Url)).AskAsync(new StatusQuestion(Samples.PayoutId, 0), CancellationToken.None);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target).ShouldBe(("GET", $"/v2/payouts/{Samples.PayoutId}"));
        request.Headers["Authorization"].ShouldBe("Bearer made-up-pawapay-token");
    }

    [Fact]
    public async Task An_unknown_error_of_theirs_is_no_failure_of_the_payout() => await FaultAsync<ProviderUnavailable>(
        ServedAnswer.Json("""{"failureReason":{"failureCode":"UNKNOWN_ERROR","failureMessage":"Unable to process request due to an unknown problem."}}""", 500));

    [Fact]
    public async Task A_404_is_a_wrong_address_and_not_an_unknown_payout() =>
        (await FaultAsync<ProviderRefused>(ServedAnswer.Json("""{"message":"no such route here at all"}""", 404))).HttpStatus.ShouldBe(404);

    [Fact]
    public async Task An_id_in_capitals_is_the_same_payout()
    {
        var answer = await AskAsync(ServedAnswer.Json(Samples.Answer(Samples.Success)), Samples.PayoutId.ToUpperInvariant());
        Observed(answer.Reading).ProviderPayoutId.ShouldBe(Samples.PayoutId.ToUpperInvariant());
    }
}
