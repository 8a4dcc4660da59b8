namespace Reconciler.Providers.Tests;

public sealed class Asking_Zayono : AskingContract<ZayonoSamples>
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(2, "/verify")]
    [InlineData(3, "")]
    [InlineData(4, "/verify")]
    public async Task From_the_third_poll_on_the_aggregator_is_asked_every_other_time(int pollsSinceHeard, string suffix)
    {
        await using var server = Serving(ServedAnswer.Json(Samples.Answer(Samples.Success)));
        await Open(Settings(server.Url)).AskAsync(new StatusQuestion(Samples.PayoutId, pollsSinceHeard), CancellationToken.None);
        var request = server.Requests.ShouldHaveSingleItem();
        (request.Method, request.Target).ShouldBe(("GET", $"/api/v1/payouts/{Samples.PayoutId}{suffix}"));
        request.Headers["Authorization"].ShouldBe("Bearer zyn_test_made_up");
    }

    [Fact]
    public async Task The_aggregators_own_word_is_not_the_status()
    {
        var verified = Samples.Answer(Samples.Success with { Word = "pending" }).Replace("\"type\":", "\"aggregator_status\":\"SUCCESSFUL\",\"type\":");
        Observed((await AskAsync(ServedAnswer.Json(verified))).Reading).Word.ShouldBe("pending");
    }

    [Fact]
    public async Task An_id_registered_in_upper_case_is_the_same_uuid()
    {
        var asked = Samples.PayoutId.ToUpperInvariant();
        Observed((await AskAsync(ServedAnswer.Json(Samples.Answer(Samples.Success)), asked)).Reading).ProviderPayoutId.ShouldBe(asked);
    }
}
