using System.Collections.Concurrent;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Usage;

/// <summary>When keys were last used, told to the store now and then.</summary>
internal sealed class LastUsedTracker(IKeyStore keys, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);
    private long _written = time.GetTimestamp();

    /// <summary>A key was used.</summary>
    public void Note(string keyId, DateTimeOffset at) => _noted[keyId] = at;

    /// <summary>Writes what was noted, if it is time or <paramref name="force"/> says so. A store that is away is told the next time.</summary>
    public async Task WriteAsync(bool force, CancellationToken cancellationToken)
    {
        if (_noted.IsEmpty || (!force && time.GetElapsedTime(_written) < Interval)) return;
        _written = time.GetTimestamp();
        var now = new Dictionary<string, DateTimeOffset>(_noted, StringComparer.Ordinal);
        try
        {
            await keys.TouchAsync(now, cancellationToken);
            foreach (var pair in now) _noted.TryRemove(pair);
        }
        catch (StoreException)
        {
            // The ledger's own writes tell of it.
        }
    }
}
