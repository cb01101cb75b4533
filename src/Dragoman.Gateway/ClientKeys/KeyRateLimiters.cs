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
    public KeyRates Rates(ClientIdentity caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return _meters.TryGetValue(caller.KeyId, out var meter)
            ? meter.Rates(caller, Now)
            : new KeyRates(caller.RequestsPerMinute, 0, TimeSpan.Zero, caller.TokensPerMinute, 0, TimeSpan.Zero, caller.Concurrency, 0);
    }

    /// <summary>Forgets a key that is gone.</summary>
    public void Remove(string keyId) => _meters.TryRemove(keyId, out _);
}
