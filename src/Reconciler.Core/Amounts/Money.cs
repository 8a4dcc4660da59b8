using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Core;

/// <summary>
/// An exact, not negative amount in major units, never finer than its currency allows. The scale is normalised on creation, so that
/// <c>5000</c>, <c>5000.0</c> and <c>5000.00</c> XOF are the same value with the same text.
/// </summary>
[JsonConverter(typeof(MoneyConverter))]
public readonly record struct Money
{
    /// <summary>Eighteen digits before the point: more than any payout, and far inside what <c>decimal</c> and <c>numeric</c> hold exactly.</summary>
    public const decimal Max = 999_999_999_999_999_999m;

    // With these, and a point among them, no digit is beyond what decimal holds exactly: nothing is rounded unseen.
    private const int TextCharactersMax = 29;

    private Money(decimal amount, Currency currency) => (Amount, Currency) = (amount, currency);

    public decimal Amount { get; }

    public Currency Currency { get; }

    /// <summary>Refuses a negative amount, one over <see cref="Max"/>, and one with more decimals than the currency has.</summary>
    /// <param name="problem">Why not, in words for the caller; null when it is money.</param>
    public static bool TryCreate(decimal amount, Currency currency, out Money money, [NotNullWhen(false)] out string? problem)
    {
        money = default;
        problem = amount switch
        {
            < 0 => "An amount cannot be negative.",
            > Max => $"An amount cannot exceed {Max.ToString(CultureInfo.InvariantCulture)}.",
            _ when decimal.Round(amount, currency.Decimals) != amount => $"{currency} has {currency.Decimals} decimals; the amount has more.",
            _ => null,
        };
        if (problem is not null) return false;
        if (amount == 0) amount = 0; // Minus zero is a decimal, too, and would print its sign.
        money = new Money(decimal.Parse(amount.ToString($"F{currency.Decimals}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), currency);
        return true;
    }

    /// <summary>Reads plain decimal text: digits, and a point with digits after it. No sign, exponent, blank or grouping.</summary>
    public static bool TryParse(string? text, Currency currency, out Money money, [NotNullWhen(false)] out string? problem)
    {
        money = default;
        problem = "An amount is plain decimal text, like 5000 or 5000.00.";
        if (text is null or { Length: 0 or > TextCharactersMax } || text[0] == '.' || text[^1] == '.') return false;
        foreach (var character in text)
            if (!char.IsAsciiDigit(character) && character != '.') return false;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && TryCreate(amount, currency, out money, out problem);
    }

    /// <exception cref="ArgumentException">The amount is none in that currency.</exception>
    public static Money Of(decimal amount, string currency) =>
        TryCreate(amount, Currency.Parse(currency), out var money, out var problem) ? money : throw new ArgumentException(problem, nameof(amount));

    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    /// <exception cref="OverflowException">The sum exceeds <see cref="Max"/>.</exception>
    public static Money operator +(Money left, Money right)
    {
        if (left.Currency != right.Currency) throw new InvalidOperationException($"{left.Currency} and {right.Currency} do not add up.");
        var sum = left.Amount + right.Amount;
        return sum <= Max ? new Money(sum, left.Currency) : throw new OverflowException("The sum is more than money can be here.");
    }

    /// <summary>The amount with exactly as many decimals as its currency has.</summary>
    public string AmountText => Amount.ToString($"F{Currency.Decimals}", CultureInfo.InvariantCulture);

    public override string ToString() => $"{AmountText} {Currency}";
}

/// <summary><c>{"amount":"5000","currency":"XOF"}</c>.</summary>
public sealed class MoneyConverter : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("Expected money, like {\"amount\":\"5000\",\"currency\":\"XOF\"}.");
        string? amount = null, code = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "amount") amount = reader.GetString();
            else if (name == "currency") code = reader.GetString();
            else reader.Skip();
        }

        return Currency.TryParse(code, out var currency) && Money.TryParse(amount, currency, out var money, out _)
            ? money
            : throw new JsonException($"'{amount} {code}' is not money.");
    }

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("amount"u8, value.AmountText);
        writer.WriteString("currency"u8, value.Currency.Code);
        writer.WriteEndObject();
    }
}
