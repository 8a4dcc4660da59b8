namespace Reconciler.Providers.Tests;

public sealed class Asking_CaurisFlux : AskingContract<CaurisFluxSamples>
{
    [Fact]
    public async Task The_request_is_the_documented_one()
    {
        await using var server = Serving(ServedAnswer.Json(Samples.Answer(Samples.Success)));
        await Open(Settings(server.Url)).AskAsync(new StatusQuestion(Samples.PayoutId, 0), CancellationToken.None);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target).ShouldBe(("GET", "/api/v1/payments/status/POMLWYG1W59FDCEA"));
        request.Headers["X-API-Key"].ShouldBe("pk_test_made_up:sk_test_made_up");
    }

    [Fact]
    public async Task The_same_answer_wrapped_in_success_and_data_says_the_same()
    {
        var bare = Samples.Answer(Samples.Success);
        var wrapped = await AskAsync(ServedAnswer.Json($$"""{"success":true,"data":{{bare}}}"""));
        Observed(wrapped.Reading).ShouldBe(Observed(ReadAnswer(bare)));
    }
}
