using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Reconciler.Access.Users;

/// <summary>Hashes and checks passwords, a few at a time: each takes a processor for a tenth of a second, and strangers ask for it.</summary>
public sealed class Passwords : IDisposable
{
    public const int CharactersMin = 12;
    public const int CharactersMax = 200;
    private const int Iterations = 210_000;
    private const int WaitingMax = 32;

    // Letters and digits that nobody takes for one another; 20 of 32 are 100 bits.
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int GeneratedGroups = 4;
    private const int GeneratedGroupCharacters = 5;

    private readonly PasswordHasher<string> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));
    private readonly ConcurrencyLimiter turns = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount / 2), QueueLimit = WaitingMax, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private readonly Lazy<string> nobodys;

    public Passwords() => nobodys = new Lazy<string>(() => hasher.HashPassword("", Generate()));

    /// <summary>Why a password will not do; null where it does. Length is what counts, so nothing else is asked for.</summary>
    public static string? Trouble(string password, string userName) => password.Length switch
    {
        < CharactersMin => $"It needs {CharactersMin} characters or more; a few words in a row will do.",
        > CharactersMax => $"It has more than {CharactersMax} characters.",
        _ when password.Contains(userName, StringComparison.OrdinalIgnoreCase) && password.Length < userName.Length + CharactersMin => "It is little more than the name.",
        _ when password.Distinct().Count() < 5 => "It has too few different characters.",
        _ => null,
    };

    public static string Generate() =>
        string.Join('-', Enumerable.Range(0, GeneratedGroups).Select(_ => RandomNumberGenerator.GetString(Alphabet, GeneratedGroupCharacters)));

    public string Hash(string password) => hasher.HashPassword("", password);

    /// <summary>Whether it is the password; null where too many wait to be told.</summary>
    /// <param name="hash">Null for a user whom nobody knows: it takes as long as for one whom we know.</param>
    public async Task<bool?> IsRightAsync(string? hash, string password, CancellationToken cancellation)
    {
        using var turn = await turns.AcquireAsync(1, cancellation);
        if (!turn.IsAcquired) return null;
        var given = password.Length > CharactersMax ? "" : password;
        return hasher.VerifyHashedPassword("", hash ?? nobodys.Value, given) != PasswordVerificationResult.Failed && hash is not null;
    }

    public void Dispose() => turns.Dispose();
}
