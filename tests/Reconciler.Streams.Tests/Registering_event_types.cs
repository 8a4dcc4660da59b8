using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Streams.Tests;

public sealed class Registering_event_types
{
    public static class Elsewhere
    {
        public sealed record BoxOpened(int Number);
    }

    [Fact]
    public void Gives_each_type_its_two_names()
    {
        var painted = Samples.Registry.Of(typeof(BoxPainted));

        (painted.Name, painted.DotNetName).ShouldBe(("box_painted", "Reconciler.Streams.Tests.BoxPainted, Reconciler.Streams.Tests"));
        Samples.Registry.Of("box_painted").ShouldBe(painted);
        Samples.Registry.Names.ShouldBe(["box_opened", "box_painted", "box_closed"], ignoreOrder: true);
    }

    [Fact]
    public void Refuses_a_type_given_twice() =>
        Should.Throw<ArgumentException>(() => new EventRegistry(Samples.Json, typeof(BoxOpened), typeof(BoxOpened)));

    [Fact]
    public void Refuses_two_types_of_one_stored_name() =>
        Should.Throw<ArgumentException>(() => new EventRegistry(Samples.Json, typeof(BoxOpened), typeof(Elsewhere.BoxOpened)))
            .Message.ShouldContain("'box_opened'");

    [Theory]
    [InlineData(typeof(IDisposable))]
    [InlineData(typeof(List<int>))]
    [InlineData(typeof(Stream))]
    public void Refuses_what_cannot_be_an_event(Type type) =>
        Should.Throw<ArgumentException>(() => new EventRegistry(Samples.Json, type));

    [Fact]
    public void Names_the_type_that_nobody_registered()
    {
        Should.Throw<UnknownEventType>(() => Samples.Registry.Decode("box_burnt", "{}"u8)).Name.ShouldBe("box_burnt");
        Should.Throw<UnknownEventType>(() => Samples.Registry.Encode(new Elsewhere.BoxOpened(1), out _))
            .Message.ShouldContain(typeof(Elsewhere.BoxOpened).ToString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"label": 5}""")]
    [InlineData("{")]
    public void Names_the_type_whose_data_does_not_fit(string json) =>
        Should.Throw<UnreadableEvent>(() => Samples.Registry.Decode("box_opened", Encoding.UTF8.GetBytes(json)))
            .Name.ShouldBe("box_opened");

    [Fact]
    public void Takes_source_generated_shapes()
    {
        var json = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            TypeInfoResolver = GeneratedShapes.Default,
        };
        var registry = new EventRegistry(json, typeof(BoxOpened));

        Encoding.UTF8.GetString(registry.Encode(new BoxOpened("x"), out _)).ShouldBe("""{"label":"x"}""");
        registry.Decode("box_opened", """{"label":"x","more":1}"""u8).ShouldBe(new BoxOpened("x"));
        Should.Throw<NotSupportedException>(() => new EventRegistry(json, typeof(BoxClosed)));
    }
}

[JsonSerializable(typeof(BoxOpened))]
internal sealed partial class GeneratedShapes : JsonSerializerContext;
