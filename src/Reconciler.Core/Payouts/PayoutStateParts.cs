using System.Collections.Immutable;

namespace Reconciler.Core;

/// <summary>One claim within a stored state.</summary>
internal static class ClaimState
{
    private const byte HasOccurredAt = 1;
    private const byte HasFailure = 2;
    private const byte HasProviderCode = 4;
    private const byte HasMessage = 8;

    internal static void Write(ref CompactWriter to, Claim claim, int first)
    {
        to.Byte((byte)claim.Source);
        to.Byte((byte)claim.Status);
        to.Number(first);
        to.Byte((byte)(
            (claim.OccurredAt is null ? 0 : HasOccurredAt) | (claim.Failure is null ? 0 : HasFailure)
            | (claim.Failure?.ProviderCode is null ? 0 : HasProviderCode) | (claim.Failure?.Message is null ? 0 : HasMessage)));
        if (claim.OccurredAt is { } occurredAt) to.Instant(occurredAt);
        if (claim.Failure is not { } failure) return;
        to.Byte((byte)failure.Code);
        if (failure.ProviderCode is { } code) to.Text(code);
        if (failure.Message is { } message) to.Text(message);
    }

    internal static Claim Read(ref CompactReader from, Sighting[] seen)
    {
        var (source, status, first, has) = ((ClaimSource)from.Byte(), (PayoutStatus)from.Byte(), PayoutState.Seen(seen, ref from), from.Byte());
        DateTimeOffset? occurredAt = (has & HasOccurredAt) != 0 ? from.Instant() : null;
        Failure? failure = null;
        if ((has & HasFailure) != 0)
        {
            failure = new Failure(
                (FailureCode)from.Byte(), (has & HasProviderCode) != 0 ? from.Text() : null, (has & HasMessage) != 0 ? from.Text() : null);
        }

        return new Claim(source, status, first, failure, occurredAt);
    }
}

/// <summary>The expectation within a stored state.</summary>
internal static class ExpectationState
{
    private const byte HasRecipient = 1;
    private const byte HasInitiatedAt = 2;
    private const byte HasMetadata = 4;
    private const byte HasSealedMetadata = 8;

    internal static void Write(ref CompactWriter to, Expectation expected)
    {
        to.Byte((byte)(
            (expected.Recipient is null ? 0 : HasRecipient) | (expected.InitiatedAt is null ? 0 : HasInitiatedAt) | (expected.Metadata is null ? 0 : HasMetadata)
            | (expected.SealedMetadata is null ? 0 : HasSealedMetadata)));
        to.Text(expected.Reference);
        to.Text(expected.Amount.Currency.Code);
        to.Text(expected.Amount.AmountText);
        if (expected.Recipient is { } recipient)
        {
            to.Text(recipient.Masked);
            to.Text(recipient.Digest);
        }

        if (expected.InitiatedAt is { } initiatedAt) to.Instant(initiatedAt);
        if (expected.Metadata is { } metadata)
        {
            to.Number(metadata.Count);
            foreach (var (name, value) in metadata)
            {
                to.Text(name);
                to.Text(value);
            }
        }

        if (expected.SealedMetadata is { } sealedMetadata) to.Text(sealedMetadata);
    }

    internal static Expectation Read(ref CompactReader from)
    {
        var has = from.Byte();
        var (reference, code, amount) = (from.Text(), from.Text(), from.Text());
        if (!Currency.TryParse(code, out var currency) || !Money.TryParse(amount, currency, out var money, out _))
            throw new InvalidDataException($"'{amount} {code}' is not money.");
        return new Expectation(
            reference,
            money,
            (has & HasRecipient) != 0 ? new Recipient(from.Text(), from.Text()) : null,
            (has & HasInitiatedAt) != 0 ? from.Instant() : null,
            (has & HasMetadata) != 0 ? Metadata(ref from) : null,
            (has & HasSealedMetadata) != 0 ? from.Text() : null);
    }

    private static ImmutableSortedDictionary<string, string> Metadata(ref CompactReader from)
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, string>();
        for (var left = from.Count(); left > 0; left--) entries.Add(from.Text(), from.Text());
        return entries.ToImmutable();
    }
}

/// <summary>The resolution within a stored state.</summary>
internal static class ResolutionState
{
    internal static void Write(ref CompactWriter to, ApprovedResolution resolution)
    {
        to.Id(resolution.Id);
        to.Byte((byte)resolution.Outcome);
        to.Instant(resolution.ApprovedAt);
        Write(ref to, resolution.Settles);
    }

    internal static void Write(ref CompactWriter to, ImmutableArray<SettledDiscrepancy> settles)
    {
        to.Number(settles.Length);
        foreach (var settled in settles)
        {
            to.Byte((byte)settled.Kind);
            to.Number(settled.Evidence.Length);
            foreach (var digest in settled.Evidence) to.Digest(digest);
        }
    }

    internal static ApprovedResolution Read(ref CompactReader from)
    {
        var (id, outcome, approvedAt) = (from.Id(), (PayoutStatus)from.Byte(), from.Instant());
        return new ApprovedResolution(id, outcome, approvedAt, Settles(ref from));
    }

    internal static ImmutableArray<SettledDiscrepancy> Settles(ref CompactReader from)
    {
        var settles = ImmutableArray.CreateBuilder<SettledDiscrepancy>(from.Count());
        for (var left = settles.Capacity; left > 0; left--)
        {
            var kind = (DiscrepancyKind)from.Byte();
            var evidence = ImmutableArray.CreateBuilder<EvidenceDigest>(from.Count());
            for (var more = evidence.Capacity; more > 0; more--) evidence.Add(from.Digest());
            settles.Add(new SettledDiscrepancy(kind, evidence.MoveToImmutable()));
        }

        return settles.MoveToImmutable();
    }
}
