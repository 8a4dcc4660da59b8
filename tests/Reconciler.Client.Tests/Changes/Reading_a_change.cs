using System.Text;
using System.Text.Json.Nodes;

namespace Reconciler.Client.Tests.Changes;

public sealed class Reading_a_change
{
    internal const string Whole = """
        {"position": 3, "id": "0193469b-8a00-7000-8000-000000000001", "to": "failed", "from": "processing", "kind": "payout.status_changed",
         "amount": "5000.50", "payout": "zopay-test/p/1", "currency": "GHS", "reference": "order 1", "confidence": "reported",
         "failure": {"code": "recipient_invalid", "message": "No such number", "providerCode": "R1"},
         "occurredAt": "2026-11-21T12:00:20Z", "recordedAt": "2026-11-21T12:00:21.123456Z", "discrepancy": null, "statusVersion": 3}
        """;

    [Fact]
    public void Every_member_is_there_and_money_is_exact()
    {
        var change = Change.Parse(Encoding.UTF8.GetBytes(Whole));

        change.Position.ShouldBe(3);
        change.Epoch.ShouldBeNull();
        change.Id.ShouldBe(Guid.Parse("0193469b-8a00-7000-8000-000000000001"));
        change.Kind.ShouldBe(ChangeKind.StatusChanged);
        change.Payout.ShouldBe("zopay-test/p/1");
        change.StatusVersion.ShouldBe(3);
        (change.From, change.To, change.Confidence).ShouldBe((PayoutStatus.Processing, PayoutStatus.Failed, Confidence.Reported));
        (change.Amount, change.Currency, change.Reference).ShouldBe((5000.50m, "GHS", "order 1"));
        change.Failure.ShouldBe(new ChangeFailure("recipient_invalid", "R1", "No such number"));
        change.OccurredAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 12, 0, 20, TimeSpan.Zero));
        change.RecordedAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 12, 0, 21, TimeSpan.Zero).AddMicroseconds(123456));
        change.At.ShouldBe(new FeedPosition(3, null));
    }

    [Fact]
    public void What_this_version_does_not_know_is_kept_as_it_came()
    {
        var change = Read(json =>
        {
            json["kind"] = "payout.archived";
            json["to"] = "refunded";
            json["confidence"] = "sworn";
            json["shelf"] = new JsonObject { ["number"] = 7 };
        });

        change.Kind.Word.ShouldBe("payout.archived");
        change.To.ShouldBe(new PayoutStatus("refunded"));
        change.To!.Value.IsFinal.ShouldBeFalse("Of a status that nobody here knows, nobody here knows whether it is final.");
        change.Confidence!.Value.Word.ShouldBe("sworn");
        change.Json.GetProperty("shelf").GetProperty("number").GetInt32().ShouldBe(7);
    }

    [Fact]
    public void What_is_absent_or_null_is_null()
    {
        var change = Read(json =>
        {
            foreach (var name in (string[])["from", "to", "amount", "position"]) json.Remove(name);
            foreach (var name in (string[])["currency", "reference", "failure"]) json[name] = null;
        });

        (change.From, change.To, change.Amount, change.Currency, change.Reference, change.Failure).ShouldBe((null, null, null, null, null, null));
        change.Position.ShouldBe(0);
    }

    [Theory]
    [InlineData("amount", "5e3")]
    [InlineData("amount", "5,000")]
    [InlineData("amount", "0.12345678901234567890123456789")]
    [InlineData("amount", "99999999999999999999999999999999")]
    [InlineData("id", "one")]
    [InlineData("occurredAt", "yesterday")]
    public void What_cannot_be_read_exactly_is_never_guessed(string member, string text) =>
        Should.Throw<ChangeUnreadable>(() => Read(json => json[member] = text)).Message.ShouldContain(member);

    [Fact]
    public void A_member_of_another_kind_is_not_read()
    {
        Should.Throw<ChangeUnreadable>(() => Read(json => json["amount"] = 5000.5m)).Message.ShouldContain("amount");
        Should.Throw<ChangeUnreadable>(() => Read(json => json["statusVersion"] = "3")).Message.ShouldContain("statusVersion");
        Should.Throw<ChangeUnreadable>(() => Read(json => json["position"] = -1)).Message.ShouldContain("position");
        Should.Throw<ChangeUnreadable>(() => Read(json => json["failure"] = "yes")).Message.ShouldContain("failure");
        Should.Throw<ChangeUnreadable>(() => Read(json => json.Remove("payout"))).Message.ShouldContain("payout");
        Should.Throw<ChangeUnreadable>(() => Change.Parse("[]"u8.ToArray()));
        Should.Throw<ChangeUnreadable>(() => Change.Parse("{"u8.ToArray()));
        Should.Throw<ChangeUnreadable>(() => Change.Parse("""{"id":"\ud800"}"""u8.ToArray()));
    }

    [Fact]
    public void A_position_is_kept_as_one_text()
    {
        foreach (var position in (FeedPosition[])[FeedPosition.Start, new(7, null), new(long.MaxValue, Guid.Parse("0193469b-8a00-7000-8000-000000000001"))])
            FeedPosition.Parse(position.ToString()).ShouldBe(position);
        foreach (var none in (string[])["", "@", "7", "-7@", "7@x", "x@"])
            Should.Throw<FormatException>(() => FeedPosition.Parse(none), none);
    }

    private static Change Read(Action<JsonObject> altered)
    {
        var json = JsonNode.Parse(Whole)!.AsObject();
        altered(json);
        return Change.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
