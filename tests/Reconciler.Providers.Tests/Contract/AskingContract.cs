using System.Text;
using Reconciler.Core;

namespace Reconciler.Providers.Tests;

/// <summary>Asking for a status: what each provider's connection must make of every kind of answer, over real HTTP.</summary>
public abstract class AskingContract<TSamples> : ProviderContract<TSamples> where TSamples : ProviderSamples, new()
{
    private ServedAnswer Success => ServedAnswer.Json(Samples.Answer(Samples.Success));

    [Fact]
    public async Task Every_documented_status_is_read_in_any_case()
    {
        foreach (var (documented, status) in Samples.AnswerWords)
            foreach (var word in AnyCase(documented))
            {
                var answer = await AskAsync(ServedAnswer.Json(Samples.Answer(Samples.Success with { Word = word })));
                var said = Observed(answer.Reading);
                (said.ProviderPayoutId, said.Status, said.Word).ShouldBe((Samples.PayoutId, status, word));
            }
    }

    [Fact]
    public async Task An_answer_is_kept_byte_for_byte()
    {
        var answer = await AskAsync(Success);
        (answer.HttpStatus, answer.ContentType).ShouldBe((200, "application/json"));
        answer.Body.ShouldBe(Success.Body);
        Observed(answer.Reading).Amount.ShouldBe(Money.Of(5000, "XOF"));
    }

    [Fact]
    public async Task An_unknown_word_is_unrecognised_and_kept()
    {
        var said = Observed((await AskAsync(ServedAnswer.Json(Samples.Answer(Samples.Success with { Word = "teleported" })))).Reading);
        (said.Status, said.Word).ShouldBe((ObservedStatus.Unrecognised, "teleported"));
    }

    [Fact]
    public async Task An_unknown_id_is_not_found_and_nothing_else()
    {
        var answer = await AskAsync(Samples.UnknownId);
        answer.HttpStatus.ShouldBe(Samples.UnknownId.Status);
        Observed(answer.Reading).ShouldBe(new Statement(Samples.PayoutId, ObservedStatus.NotFound, ""));
    }

    [Fact]
    public async Task A_404_that_is_no_json_is_no_observation() =>
        await Should.ThrowAsync<ProviderFault>(() => AskAsync(ServedAnswer.Html(404)));

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(409)]
    [InlineData(422)]
    public async Task A_refusal_names_its_status(int status) =>
        (await FaultAsync<ProviderRefused>(ServedAnswer.Json("""{"message":"no-such-thing-here","code":"UNAUTHORIZED"}""", status))).HttpStatus.ShouldBe(status);

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task Their_trouble_is_unavailability(int status) =>
        await FaultAsync<ProviderUnavailable>(ServedAnswer.Json("""{"status":"FAILED","message":"kept-to-itself"}""", status));

    [Fact]
    public async Task A_500_page_in_html_is_unavailability() => await FaultAsync<ProviderUnavailable>(ServedAnswer.Html(500));

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = Serving(ServedAnswer.Json("{}", 302).With("Location", "/elsewhere"));
        await Should.ThrowAsync<ProviderUnavailable>(() => Open(Settings(server.Url)).AskAsync(new StatusQuestion(Samples.PayoutId, 0), CancellationToken.None));
        server.Requests.ShouldNotContain(request => request.Target == "/elsewhere");
    }

    [Fact]
    public async Task A_429_asks_for_seconds() =>
        (await FaultAsync<ProviderThrottled>(ServedAnswer.Json("{}", 429).With("Retry-After", "17"))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));

    [Fact]
    public async Task A_429_asks_for_a_date() =>
        (await FaultAsync<ProviderThrottled>(ServedAnswer.Json("{}", 429).With("Retry-After", "Sat, 21 Nov 2026 10:01:30 GMT"))).RetryAfter
            .ShouldBe(TimeSpan.FromSeconds(90));

    [Fact]
    public async Task A_429_that_asks_for_a_date_means_it_by_its_own_clock() =>
        (await FaultAsync<ProviderThrottled>(
            ServedAnswer.Json("{}", 429).With("Retry-After", "Sat, 21 Nov 2026 10:01:30 GMT").With("Date", "Sat, 21 Nov 2026 10:01:00 GMT"))).RetryAfter
            .ShouldBe(TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("1e9")]
    [InlineData("99999999999999999999")]
    public async Task A_429_that_asks_for_nonsense_names_no_wait(string nonsense) =>
        (await FaultAsync<ProviderThrottled>(ServedAnswer.Json("{}", 429).With("Retry-After", nonsense))).RetryAfter.ShouldBeNull();

    [Theory]
    [InlineData("""{"retry_after":30}""", 30)]
    [InlineData("""{"retry_after":"30"}""", 30)]
    [InlineData("""{"retry_after":-30}""", null)]
    [InlineData("""{"retry_after":1e400}""", null)]
    [InlineData("""{"retry_after":true}""", null)]
    [InlineData("<html>", null)]
    public async Task A_429_may_name_its_wait_in_the_body(string body, int? seconds) =>
        (await FaultAsync<ProviderThrottled>(ServedAnswer.Of(body, "application/json", 429))).RetryAfter
            .ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);

    [Fact]
    public async Task A_2xx_without_the_documented_json_is_kept_and_says_nothing()
    {
        var cut = Samples.Answer(Samples.Success)[..^20];
        foreach (var answer in new[] { ServedAnswer.Html(), ServedAnswer.Json(""), ServedAnswer.Json(cut), ServedAnswer.Json("null"), ServedAnswer.Json("\"SUCCESS\"") })
        {
            var kept = await AskAsync(answer);
            kept.Body.ShouldBe(answer.Body);
            kept.Reading.ShouldBeOfType<Reading.Unreadable>();
        }
    }

    [Fact]
    public async Task An_answer_about_another_payout_is_no_observation()
    {
        var answer = await AskAsync(ServedAnswer.Json(Samples.Answer(Samples.Success with { Id = Samples.OtherPayoutId })));
        Unreadable(answer.Reading).ShouldBe(UnreadableReason.AnotherPayout);
    }

    [Fact]
    public async Task An_answer_of_2_MB_is_not_read()
    {
        var long2Mb = Success with { Body = Encoding.UTF8.GetBytes(new string(' ', 2 * 1024 * 1024) + Encoding.UTF8.GetString(Success.Body)) };
        await FaultAsync<ProviderUnavailable>(long2Mb);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_unavailability() => await FaultAsync<ProviderUnavailable>(Success with { Cut = true });

    [Fact]
    public async Task An_answer_that_never_comes_ends_with_the_callers_patience()
    {
        await using var server = Serving(ServedAnswer.Never);
        using var patience = new CancellationTokenSource();
        var asking = Open(Settings(server.Url)).AskAsync(new StatusQuestion(Samples.PayoutId, 0), patience.Token);
        do await server.ArrivalAsync(); while (Samples.Aside(server.Requests[^1]) is not null);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Nobody_listening_is_unavailability()
    {
        await Should.ThrowAsync<ProviderUnavailable>(() =>
            Open(Settings(new Uri("http://127.0.0.1:1"))).AskAsync(new StatusQuestion(Samples.PayoutId, 0), CancellationToken.None));
    }

    [Theory]
    [InlineData("a/b?c=d#e", "a%2Fb%3Fc%3Dd%23e")]
    [InlineData("..", "%2E%2E")]
    [InlineData("../../admin", "..%2F..%2Fadmin")]
    [InlineData("é €", "%C3%A9%20%E2%82%AC")]
    public async Task An_id_cannot_lead_to_another_resource(string id, string segment)
    {
        await using var server = Serving(Samples.UnknownId);
        await Open(Settings(server.Url)).AskAsync(new StatusQuestion(id, 0), CancellationToken.None);
        server.Requests[^1].Target.Split('/').ShouldContain(segment);
    }
}
