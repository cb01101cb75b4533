using System.Collections.Concurrent;
using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>The meters of all keys on this node, made when first needed. Restarting empties them.</summary>
public sealed class KeyRateLimiters(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, KeyRateLimiter> _meters = new(StringComparer.Ordinal);
    private readonly long _origin = time.GetTimestamp();

    /// <summary>The time that the meters count by.</summary>
    internal TimeSpan Now => time.GetElapsedTime(_origin);

    internal KeyRateLimiter Get(string keyId) => _meters.GetOrAdd(keyId, static _ => new KeyRateLimiter());

    /// <summary>How a key stands.</summary>
    public KeyRates Rates(ClientIdentity client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return _meters.TryGetValue(client.KeyId, out var meter)
            ? meter.Rates(client, Now)
            : new KeyRates(client.RequestsPerMinute, 0, TimeSpan.Zero, client.TokensPerMinute, 0, TimeSpan.Zero, client.Concurrency, 0);
    }

    /// <summary>Forgets a key that is gone.</summary>
    public void Remove(string keyId) => _meters.TryRemove(keyId, out _);
}
