using System.Globalization;
using FsCheck.Fluent;
using Reconciler.Core.Tests.Laws;

namespace Reconciler.Core.Tests.Silence;

public class Durations
{
    [Theory]
    [InlineData("500ms", 500L)]
    [InlineData("30s", 30_000L)]
    [InlineData("5m", 300_000L)]
    [InlineData("6h", 21_600_000L)]
    [InlineData("1d", 86_400_000L)]
    [InlineData("366d", 31_622_400_000L)]
    [InlineData("007s", 7_000L)]
    public void Are_a_whole_number_and_a_unit(string text, long milliseconds) =>
        Duration.Parse(text).ShouldBe(TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5")]
    [InlineData("0s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("1.5h")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5S")]
    [InlineData("5w")]
    [InlineData("1h30m")]
    [InlineData("٥s")]
    [InlineData("367d")]
    [InlineData("99999999999s")]
    public void Anything_else_is_refused(string? text)
    {
        Duration.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Duration.Parse(text!));
    }

    [Fact]
    public void Are_read_back_as_printed() => Law.HoldsFor(
        from count in Gen.Choose(1, 366)
        from unit in Gen.Elements("ms", "s", "m", "h", "d")
        select count.ToString(CultureInfo.InvariantCulture) + unit,
        text =>
        {
            var span = Duration.Parse(text);
            Duration.Parse(Duration.Text(span)).ShouldBe(span);
        });

    [Fact]
    public void Are_printed_in_the_largest_unit_that_divides_them()
    {
        Duration.Text(TimeSpan.FromSeconds(90)).ShouldBe("90s");
        Duration.Text(TimeSpan.FromMinutes(60)).ShouldBe("1h");
        Duration.Text(TimeSpan.FromDays(3)).ShouldBe("3d");
        Duration.Text(TimeSpan.FromMilliseconds(1500)).ShouldBe("1500ms");
    }
}
