using System.Security.Cryptography;
using Reconciler.Access.Keys;
using Reconciler.Hosting;

namespace Reconciler.Access;

/// <summary>The operator's first key, <c>Reconciler:AdminKey</c>: it has all scopes, and lives in the configuration alone.</summary>
public sealed partial class AdminKey
{
    public const int CharactersMin = 20;
    public const string Id = "admin";

    private readonly byte[]? digest;

    /// <param name="adminKey">At least <see cref="CharactersMin"/> characters; null or empty: there is none.</param>
    /// <exception cref="InvalidOperationException">The key is too short to be one.</exception>
    public AdminKey(string? adminKey, ILogger<AdminKey> log)
    {
        if (string.IsNullOrEmpty(adminKey))
        {
            NoKey(log);
            return;
        }

        if (adminKey.Length < CharactersMin)
        {
            throw new InvalidOperationException(
                $"Reconciler__AdminKey is too short: it needs {CharactersMin} characters or more, like 'rk_' and what 'openssl rand -hex 24' prints.");
        }

        digest = KeySecret.Digest(adminKey);
    }

    public static Actor Actor { get; } = new(ActorKind.Key, Id, "admin", Scope.All, AllowedConnections.All);

    /// <summary>Whether this is the key's digest; compared in constant time.</summary>
    public bool Is(byte[] presentedDigest) => digest is not null && CryptographicOperations.FixedTimeEquals(presentedDigest, digest);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reconciler__AdminKey is not set: only keys and users that were made earlier get in")]
    private static partial void NoKey(ILogger log);
}
