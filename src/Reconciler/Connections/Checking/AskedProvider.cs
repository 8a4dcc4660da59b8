using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Reconciler.Connections;

/// <summary>Stands between an adapter and its provider while a connection is checked, and remembers what can be seen there.</summary>
/// <param name="mayAsk">Whether one more request may be made, within the connection's budget.</param>
internal sealed class AskedProvider(HttpMessageInvoker inner, Func<CancellationToken, Task<bool>> mayAsk, TimeProvider clock) : HttpMessageHandler
{
    private const int BudgetHeadersMax = 10;
    private const int HeaderCharactersMax = 60;

    private static readonly string[] BudgetHeaders = ["x-ratelimit", "ratelimit", "x-rate-limit", "retry-after"];

    public int Requests { get; private set; }

    /// <summary>Of the last answer; null where none came.</summary>
    public int? Status { get; private set; }

    /// <summary>How far the provider's clock is before ours; to the second, since <c>Date</c> is. Null where it told no time.</summary>
    public TimeSpan? ClockAhead { get; private set; }

    /// <summary>Why no answer came; null where one did.</summary>
    public HttpRequestException? Trouble { get; private set; }

    public IReadOnlyList<string> Budget { get; private set; } = [];

    public SslProtocols? Tls { get; private set; }

    public DateTimeOffset? CertificateUntil { get; private set; }

    /// <summary>The stream to the provider, when it was opened.</summary>
    public void Connected(Stream stream)
    {
        if (stream is not SslStream encrypted) return;
        Tls = encrypted.SslProtocol;
        if (encrypted.RemoteCertificate is X509Certificate2 certificate) CertificateUntil = certificate.NotAfter.ToUniversalTime();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!await mayAsk(cancellationToken)) throw new BudgetSpent();
        Requests++;
        var sentAt = clock.GetUtcNow();
        try
        {
            var response = await inner.SendAsync(request, cancellationToken);
            Status = (int)response.StatusCode;
            ClockAhead = response.Headers.Date is { } date ? Whole(date - (sentAt + (clock.GetUtcNow() - sentAt) / 2)) : null;
            Budget = [.. response.Headers.Where(header => BudgetHeaders.Any(name => header.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
                .Take(BudgetHeadersMax).Select(header => $"{Cut(header.Key)}: {Cut(string.Join(", ", header.Value))}")];
            return response;
        }
        catch (HttpRequestException trouble)
        {
            Trouble = trouble;
            throw;
        }
    }

    // Date is cut to the second: within one nothing can be told.
    private static TimeSpan Whole(TimeSpan ahead) =>
        ahead > TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Floor(ahead.TotalSeconds)) : TimeSpan.FromSeconds(Math.Min(0, Math.Ceiling(ahead.TotalSeconds + 1)));

    private static string Cut(string text) =>
        new([.. text.Where(character => character is >= ' ' and <= '~').Take(HeaderCharactersMax)]);
}

/// <summary>The provider's budget does not allow another request now.</summary>
internal sealed class BudgetSpent() : Exception("The budget is spent.");
