namespace Reconciler.Simulator.Playing;

/// <summary>
/// Repeatable draws (SplitMix64): the same seed and the same calls give the same ids, outcomes and faults.
/// Not for secrets of the real world; the simulator has none.
/// </summary>
public struct Draws(ulong state)
{
    private ulong _state = state;

    /// <summary>A stream of draws of its own for each (seed, label, number), so that one payout never shifts another.</summary>
    public static ulong SeedFor(long seed, string label, long number)
    {
        unchecked
        {
            var hash = 14695981039346656037UL ^ (ulong)seed * 0x9E3779B97F4A7C15UL;
            foreach (var letter in label)
            {
                hash = (hash ^ letter) * 1099511628211UL;
            }

            return Mixed(hash ^ (ulong)number * 0xD1B54A32D192ED03UL);
        }
    }

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            return Mixed(_state);
        }
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <param name="perMillion">0 (never) to 1,000,000 (always).</param>
    public bool Chance(int perMillion) => Below(1_000_000) < perMillion;

    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>Text of <paramref name="length"/> letters drawn from <paramref name="alphabet"/>.</summary>
    public string Letters(int length, string alphabet)
    {
        var text = new char[length];
        for (var at = 0; at < length; at++)
        {
            text[at] = alphabet[Below(alphabet.Length)];
        }

        return new string(text);
    }

    /// <summary>A UUID that looks like a version 4 one, in the 36 character form.</summary>
    public string Uuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Next());
        BitConverter.TryWriteBytes(bytes[8..], Next());
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
