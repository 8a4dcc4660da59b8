using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Simulator.AwdPay;

/// <summary>Bearer tokens that live 900 seconds. They are signed rather than stored, so any number of them costs nothing.</summary>
public sealed class AwdPayTokens(TimeProvider clock)
{
    public const int LifeSeconds = 900;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private long _issued;
    private int _epoch;

    /// <summary>A new token, different from all before.</summary>
    public string Issue(DateTimeOffset now)
    {
        var claims = string.Create(CultureInfo.InvariantCulture,
            $"{now.AddSeconds(LifeSeconds).ToUnixTimeMilliseconds()}.{Volatile.Read(ref _epoch)}.{Interlocked.Increment(ref _issued)}");
        return $"{claims}.{Seal(claims)}";
    }

    public bool IsAlive(string? token)
    {
        if (token?.LastIndexOf('.') is not (> 0 and var dot))
        {
            return false;
        }

        var claims = token[..dot];
        var parts = claims.Split('.');
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token[(dot + 1)..]), Encoding.UTF8.GetBytes(Seal(claims)))
            && long.Parse(parts[0], CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeMilliseconds()
            && int.Parse(parts[1], CultureInfo.InvariantCulture) == Volatile.Read(ref _epoch);
    }

    /// <summary>All tokens given out so far stop working, as after a deployment on their side.</summary>
    public void RevokeAll() => Interlocked.Increment(ref _epoch);

    private string Seal(string claims) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(claims)));
}
