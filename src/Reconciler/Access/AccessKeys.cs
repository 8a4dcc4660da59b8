using System.Security.Cryptography;
using System.Text;
using Reconciler.Hosting;

namespace Reconciler.Access;

/// <summary>The keys that open this service: the operator's first key, <c>Reconciler:AdminKey</c>, has all scopes.</summary>
public sealed partial class AccessKeys
{
    public const int AdminKeyCharactersMin = 20;
    public const string AdminKeyId = "admin";
    private const int PresentedCharactersMax = 500;

    private readonly byte[]? adminDigest;

    /// <param name="adminKey">At least <see cref="AdminKeyCharactersMin"/> characters; null or empty: nobody gets in.</param>
    /// <exception cref="InvalidOperationException">The key is too short to be one.</exception>
    public AccessKeys(string? adminKey, ILogger<AccessKeys> log)
    {
        if (string.IsNullOrEmpty(adminKey))
        {
            NoKey(log);
            return;
        }

        if (adminKey.Length < AdminKeyCharactersMin)
        {
            throw new InvalidOperationException(
                $"Reconciler__AdminKey is too short: it needs {AdminKeyCharactersMin} characters or more, like 'rk_' and what 'openssl rand -hex 24' prints.");
        }

        adminDigest = Digest(adminKey);
    }

    /// <summary>The caller behind a presented key, or null. Digests are compared, in constant time.</summary>
    public Actor? Find(string presented) =>
        adminDigest is not null && presented.Length <= PresentedCharactersMax && CryptographicOperations.FixedTimeEquals(Digest(presented), adminDigest)
            ? new Actor(ActorKind.Key, AdminKeyId, "admin", Scope.All, AllowedConnections.All)
            : null;

    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reconciler__AdminKey is not set: every route under /v1 answers 401")]
    private static partial void NoKey(ILogger log);
}
