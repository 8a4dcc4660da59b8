using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Reconciler.Core;
using Reconciler.Hosting;
using Reconciler.Ingest;
using Reconciler.Providers;

namespace Reconciler.Connections;

/// <summary>
/// Deliveries that we send to ourselves through the public address, to see whether one arrives, and how. Each carries a mark that only this
/// installation can make, for one connection and one minute. A marked delivery is verified like any other and goes no further: it never
/// becomes evidence, and is counted nowhere. It may arrive at another node than the one that sent it.
/// </summary>
internal sealed class EndpointProbes(NpgsqlDataSource database, Installation installation, TimeProvider clock)
{
    internal const string MarkHeader = "Reconciler-Probe";
    private static readonly TimeSpan MarkLasts = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>Makes a probe that has not been sent yet.</summary>
    internal async Task<(Guid Id, string Mark)> BeginAsync(ConnectionKey connection, CancellationToken cancellation)
    {
        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        await using var insert = database.CreateCommand("""
            with old as (delete from reconciler.endpoint_probes where connection = $2 and sent_at < $4)
            insert into reconciler.endpoint_probes (id, connection, sent_at) values ($1, $2, $3)
            """);
        insert.Parameters.Add(new NpgsqlParameter { Value = id });
        insert.Parameters.Add(new NpgsqlParameter { Value = connection.ToString() });
        insert.Parameters.Add(Instant(now));
        insert.Parameters.Add(Instant(now - KeptFor));
        await insert.ExecuteNonQueryAsync(cancellation);
        var until = (now + MarkLasts).ToUnixTimeSeconds();
        return (id, string.Create(CultureInfo.InvariantCulture, $"{id:N}.{until}.{Convert.ToHexStringLower(Mac(connection, id, until))}"));
    }

    /// <summary>The probe that this delivery is; null for every other, whatever it says of itself.</summary>
    internal Guid? IsOurs(OpenConnection connection, IHeaderDictionary headers, DateTimeOffset at)
    {
        if (!headers.TryGetValue(MarkHeader, out var mark) || mark.ToString().Split('.') is not [var name, var time, var mac]) return null;
        if (!Guid.TryParseExact(name, "N", out var id) || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var until)) return null;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (mac.Length != given.Length * 2 || Convert.FromHexString(mac, given, out _, out _) != System.Buffers.OperationStatus.Done) return null;
        return CryptographicOperations.FixedTimeEquals(given, Mac(connection.Settings.Key, id, until)) && at.ToUnixTimeSeconds() <= until ? id : null;
    }

    /// <summary>Notes how it arrived, and answers as any delivery with this verdict is answered.</summary>
    internal async Task ArrivedAsync(Guid probe, OpenConnection connection, Delivery delivery, HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress;
        var verdict = DeliveryAddress.IsAllowed(connection.Settings.Webhook, remote)
            ? await connection.Provider.VerifyAsync(delivery, context.RequestAborted)
            : null;
        var seen = new ProbeSeen(
            Word(verdict), (verdict as Verdict.Verified)?.By, delivery.Authority, delivery.Path, remote is null ? null : PrivateAddresses.Plain(remote).ToString());
        await using var update = database.CreateCommand(
            "update reconciler.endpoint_probes set arrived_at = $2, seen = $3 where id = $1 and arrived_at is null");
        update.Parameters.Add(new NpgsqlParameter { Value = probe });
        update.Parameters.Add(Instant(delivery.ReceivedAt));
        update.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(seen, JsonShapes.Stored), NpgsqlDbType = NpgsqlDbType.Jsonb });
        await update.ExecuteNonQueryAsync(context.RequestAborted);
        if (verdict is null or Verdict.Refused)
            await new Problem(ProblemKind.NotAuthenticated, "The delivery is not verified.").ExecuteAsync(context);
    }

    /// <summary>How it arrived; null where it did not.</summary>
    internal async Task<(DateTimeOffset At, ProbeSeen Seen)?> FindAsync(Guid probe, CancellationToken cancellation)
    {
        await using var read = database.CreateCommand("select arrived_at, seen::text from reconciler.endpoint_probes where id = $1 and arrived_at is not null");
        read.Parameters.Add(new NpgsqlParameter { Value = probe });
        await using var row = await read.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            ? (row.GetFieldValue<DateTimeOffset>(0), JsonSerializer.Deserialize<ProbeSeen>(row.GetString(1), JsonShapes.Stored)!)
            : null;
    }

    private byte[] Mac(ConnectionKey connection, Guid id, long until) => HMACSHA256.HashData(
        installation.ProbeKey, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{connection}/{id:N}/{until}")));

    private static string Word(Verdict? verdict) => verdict switch
    {
        null => DeliveryVerdicts.AddressNotAllowed,
        Verdict.Verified => "verified",
        Verdict.Refused refused => refused.Reason.Word(),
        _ => "nudge",
    };

    private static NpgsqlParameter Instant(DateTimeOffset at) => new() { Value = at.ToMicrosecond(), NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

/// <summary>How a probe arrived.</summary>
/// <param name="Verdict">What a delivery like it would have met.</param>
/// <param name="VerifiedBy">The secret that matched.</param>
/// <param name="Authority">The Host header, as we were called: a signature may cover it.</param>
/// <param name="Path">As we were called.</param>
/// <param name="RemoteAddress">Whom we take the sender to be.</param>
public sealed record ProbeSeen(string Verdict, string? VerifiedBy, string Authority, string Path, string? RemoteAddress);
