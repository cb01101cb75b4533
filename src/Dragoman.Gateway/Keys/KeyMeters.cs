using System.Collections.Concurrent;

namespace Dragoman.Gateway.Keys;

/// <summary>The meters of all keys on this node, made when first needed. Restarting empties them.</summary>
public sealed class KeyMeters(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, KeyMeter> _meters = new(StringComparer.Ordinal);
    private readonly long _origin = time.GetTimestamp();

    /// <summary>The time that the meters count by.</summary>
    internal TimeSpan Now => time.GetElapsedTime(_origin);

    internal KeyMeter Of(string keyId) => _meters.GetOrAdd(keyId, static _ => new KeyMeter());

    /// <summary>How a key stands.</summary>
    public KeyRates Rates(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return _meters.TryGetValue(caller.KeyId, out var meter)
            ? meter.Rates(caller, Now)
            : new KeyRates(caller.RequestsPerMinute, 0, TimeSpan.Zero, caller.TokensPerMinute, 0, TimeSpan.Zero, caller.Concurrency, 0);
    }

    /// <summary>Forgets a key that is gone.</summary>
    public void Forget(string keyId) => _meters.TryRemove(keyId, out _);
}
