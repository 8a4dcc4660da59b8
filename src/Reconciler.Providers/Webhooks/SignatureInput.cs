namespace Reconciler.Providers;

/// <summary>One signature's description from the <c>Signature-Input</c> header (RFC 9421, section 4.1).</summary>
/// <param name="Components">The covered components in their listed order, not empty, each once, none with parameters of its own.</param>
/// <param name="Verbatim">What follows <c>label=</c>, as sent: the last line of the signature base.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Expires">Unix seconds.</param>
internal sealed record SignatureInput(
    string Label, IReadOnlyList<string> Components, string Verbatim, long? Created, long? Expires, string? KeyId, string? Algorithm)
{
    public const int LabelsMax = 4;
    public const int ComponentsMax = 32;
    public const int ParametersMax = 16;

    /// <summary>Reads the whole header or nothing: a header that is half understood proves nothing.</summary>
    public static bool TryParse(string header, out IReadOnlyList<SignatureInput> inputs)
    {
        var read = new List<SignatureInput>();
        inputs = read;
        var reader = new StructuredFieldReader(header.AsSpan().Trim(' '));
        do
        {
            if (read.Count == LabelsMax || !TryMember(ref reader, out var input)) return false;
            if (read.Exists(one => one.Label == input.Label)) return false;
            read.Add(input);
        }
        while (reader.TakeComma());
        return reader.AtEnd;
    }

    private static bool TryMember(ref StructuredFieldReader reader, out SignatureInput input)
    {
        input = null!;
        if (!reader.TryKey(out var label) || !reader.Take('=')) return false;
        var start = reader.At;
        if (!TryComponents(ref reader, out var components) || !TryParameters(ref reader, out var parameters)) return false;
        var verbatim = reader.Since(start);
        foreach (var (name, value) in parameters)
        {
            var valid = name switch
            {
                "created" or "expires" => value.Integer is not null,
                "keyid" or "alg" or "nonce" or "tag" => value.Text is not null,
                _ => true,
            };
            if (!valid) return false;
        }

        input = new SignatureInput(
            label,
            components,
            verbatim,
            parameters.GetValueOrDefault("created").Integer,
            parameters.GetValueOrDefault("expires").Integer,
            parameters.GetValueOrDefault("keyid").Text,
            parameters.GetValueOrDefault("alg").Text);
        return true;
    }

    // A component with parameters of its own ("content-type";sf) would need another serialization of the field: not read, so not trusted.
    private static bool TryComponents(ref StructuredFieldReader reader, out List<string> components)
    {
        components = [];
        if (!reader.Take('(')) return false;
        reader.SkipSpaces();
        while (!reader.Take(')'))
        {
            if (components.Count == ComponentsMax || !reader.TryText(out var component)) return false;
            if (!SignatureBase.Knows(component) || components.Contains(component)) return false;
            components.Add(component);
            var end = reader.At;
            reader.SkipSpaces();
            if (reader.At == end) return reader.Take(')');
        }

        return components.Count > 0;
    }

    private static bool TryParameters(ref StructuredFieldReader reader, out Dictionary<string, BareItem> parameters)
    {
        parameters = new Dictionary<string, BareItem>(StringComparer.Ordinal);
        while (reader.Take(';'))
        {
            reader.SkipSpaces();
            if (parameters.Count == ParametersMax || !reader.TryKey(out var name)) return false;
            var value = default(BareItem);
            if (reader.Take('=') && !reader.TryBareItem(out value)) return false;
            if (!parameters.TryAdd(name, value)) return false;
        }

        return true;
    }
}
