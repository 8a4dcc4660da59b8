namespace Reconciler.Providers;

/// <summary>One account with a provider that signs by HMAC: joins the scheme, the client and the translation, and adds nothing.</summary>
/// <param name="ask">The client: one question, one answer.</param>
/// <param name="answered">Translates an answer's body. Pure and total.</param>
/// <param name="delivered">Translates a delivery's body. Pure and total.</param>
internal sealed class HmacConnection(
    HmacScheme scheme,
    Func<StatusQuestion, CancellationToken, Task<HttpAnswer>> ask,
    Func<ReadOnlyMemory<byte>, Reading> answered,
    Func<ReadOnlyMemory<byte>, Reading> delivered) : IProviderConnection
{
    public ValueTask<Verdict> VerifyAsync(Delivery delivery, CancellationToken cancellation) => ValueTask.FromResult(scheme.Verify(delivery));

    public string? DeliveryId(Delivery delivery) => scheme.DeliveryId(delivery);

    public IReadOnlyList<KeyValuePair<string, string>>? Sign(ReadOnlyMemory<byte> body, DateTimeOffset now) => scheme.Sign(body, now);

    public Reading Read(ReadOnlyMemory<byte> body) => delivered(body);

    public async Task<StatusAnswer> AskAsync(StatusQuestion question, CancellationToken cancellation)
    {
        var answer = await ask(question, cancellation).ConfigureAwait(false);
        return answer.About(question.ProviderPayoutId, answered);
    }
}
