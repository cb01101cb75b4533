using System.Net;
using System.Net.Sockets;

namespace Dragoman.Management.Access;

/// <summary>
/// Counts wrong secrets by source address and locks an address out after five in a row: half an hour at first, twice as long each time, a
/// day at most. In memory and bounded: when the table is full, whoever has the least left of a lock-out goes first. A restart forgets it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">How many addresses are remembered.</param>
public sealed class LoginFailures(TimeProvider time, int capacity = 10_000)
{
    /// <summary>How many wrong secrets lock an address out.</summary>
    public const int Allowed = 5;

    /// <summary>The first lock-out.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMinutes(30);

    /// <summary>The longest lock-out.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>After so long without a failure an address starts anew.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(48);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Record> _records = [];

    /// <summary>How much longer an address is locked out; null when it is not.</summary>
    public TimeSpan? LockedFor(IPAddress? address)
    {
        lock (_gate)
        {
            return _records.TryGetValue(KeyOf(address), out var record) && record.LockedUntil - time.GetUtcNow() is { } left && left > TimeSpan.Zero ? left : null;
        }
    }

    /// <summary>Counts a wrong secret; returns how long the address is locked out from now, or null.</summary>
    public TimeSpan? Failed(IPAddress? address)
    {
        var now = time.GetUtcNow();
        var key = KeyOf(address);
        lock (_gate)
        {
            if (!_records.TryGetValue(key, out var record) || now - record.Last > Forgotten)
            {
                if (_records.Count >= capacity && !_records.ContainsKey(key)) MakeRoom(now);
                record = _records[key] = new Record();
            }

            record.Last = now;
            if (++record.Failures < Allowed) return null;
            record.Failures = 0;
            var length = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(record.Lockouts++, 10)));
            record.LockedUntil = now + length;
            return length;
        }
    }

    /// <summary>The right secret was shown: the address starts anew.</summary>
    public void Succeeded(IPAddress? address)
    {
        lock (_gate) _records.Remove(KeyOf(address));
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var (old, _) in _records.Where(pair => now - pair.Value.Last > Forgotten).ToList()) _records.Remove(old);
        if (_records.Count < capacity) return;
        _records.Remove(_records.MinBy(pair => (pair.Value.LockedUntil, pair.Value.Last)).Key);
    }

    /// <summary>Who holds one IPv6 address holds its whole network of 2⁶⁴, and this machine has sixteen million addresses of loopback: each is one source.</summary>
    private static UInt128 KeyOf(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        if (address is null || IPAddress.IsLoopback(address)) return UInt128.MaxValue;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }) bytes[8..].Clear();
        return new UInt128(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..]));
    }

    private sealed class Record
    {
        public int Failures { get; set; }

        public int Lockouts { get; set; }

        public DateTimeOffset LockedUntil { get; set; }

        public DateTimeOffset Last { get; set; }
    }
}
