using System.Text.Json;

namespace Reconciler.Streams.Tests;

public sealed class Hostile_text_in_an_event(ThrowawayPostgres postgres)
{
    public static TheoryData<string> Harmless => new(
        "quotes \" ' and back\\slash",
        "the text \\u0000 is not the character",
        "backslashes \\\\u0000 \\\\\\u0000 \\\\\\\\u0000",
        "controls \u0001\u0008\t\n\r\u001f\u007f",
        "emoji 😀👩‍👩‍👧 and 𝔘𝔫𝔦",
        "right to left \u202eabc\u202c שלום مرحبا",
        "separators \u2028\u2029\ufeff\ufffe",
        "'; drop table reconciler.mt_events; --",
        "{\"label\": \"inner\"} [] null",
        "$1 %s {0} \\x00");

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task Comes_back_as_it_was(string text)
    {
        (await RoundTripAsync(text)).ShouldBe((text, 0));
    }

    [Theory]
    [InlineData("\0", "", 1)]
    [InlineData("a\0b\0\0c", "abc", 3)]
    [InlineData("\\\0\\\\\0", "\\\\\\", 2)]
    [InlineData("\\u0000\0", "\\u0000", 1)]
    [InlineData("0\0" + "u0000", "0u0000", 1)]
    public async Task Loses_its_NULs_which_are_counted(string text, string stored, int stripped)
    {
        (await RoundTripAsync(text)).ShouldBe((stored, stripped));
    }

    // Not inline data: an attribute is UTF-8 and cannot carry half a pair.
    [Fact]
    public async Task Has_half_surrogate_pairs_replaced()
    {
        (await RoundTripAsync("half \ud83d!")).ShouldBe(("half \ufffd!", 0));
        (await RoundTripAsync("other half \ude00")).ShouldBe(("other half \ufffd", 0));
        (await RoundTripAsync("swapped \ude00\ud83d")).ShouldBe(("swapped \ufffd\ufffd", 0));
    }

    [Fact]
    public async Task In_names_of_members_and_headers_is_stripped_too()
    {
        await using var database = await postgres.WithEventTablesAsync();
        await using var connection = await database.OpenConnectionAsync();
        var attachment = JsonDocument.Parse("""{"ke\u0000y": ["val\u0000ue", {"deep": "\u0000"}]}""").RootElement;
        var closed = new EventToAppend(Guid.CreateVersion7(), new BoxClosed(1, true, "why\0", attachment),
            Headers: new Dictionary<string, string> { ["a\0"] = "b\0" });

        var summary = await Samples.Appender.AppendAsync(connection, new StreamAppend("a", 0, [closed]), Samples.Noon);

        summary.NulsStripped.ShouldBe(6);
        (await database.RowsAsync("select data -> 'attachment', headers from reconciler.mt_events"))
            .ShouldBe(["""{"key": ["value", {"deep": ""}]}|{"a": "b"}"""]);
    }

    // All in one database, each in a stream of its own.
    private async Task<(string Stored, int Stripped)> RoundTripAsync(string text)
    {
        await using var connection = await (await postgres.SharedAsync()).OpenConnectionAsync();
        var streamId = Guid.CreateVersion7().ToString();
        var summary = await Samples.Appender.AppendAsync(connection, Samples.ToStream(streamId, 0, text), Samples.Noon);
        var stored = (await Samples.Reader.ReadStreamAsync(connection, streamId)).Single();
        return (((BoxOpened)stored.Event).Label, summary.NulsStripped);
    }
}
