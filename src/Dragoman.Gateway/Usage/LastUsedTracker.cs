using System.Collections.Concurrent;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Usage;

/// <summary>When keys were last used, told to the store now and then.</summary>
internal sealed class LastUsedTracker : IAsyncDisposable
{
    private static readonly WriteBehindOptions Policy = new()
    {
        Name = "The last use of client keys",
        Capacity = 1,
        Coalesces = true,
        Gather = TimeSpan.FromSeconds(30),
        FirstPause = TimeSpan.FromSeconds(30),
        LongestPause = TimeSpan.FromSeconds(30),
        // The ledger's own writes report a store that is away.
        FailureLevel = LogLevel.Debug,
    };

    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);
    private readonly IKeyStore _keys;
    private readonly WriteBehindQueue<bool> _writes;

    public LastUsedTracker(IKeyStore keys, TimeProvider time, ILogger log)
    {
        _keys = keys;
        _writes = new WriteBehindQueue<bool>(Policy, (_, cancellationToken) => WriteAsync(cancellationToken), time, log);
    }

    /// <summary>A key was used.</summary>
    public void Note(string keyId, DateTimeOffset at)
    {
        _noted[keyId] = at;
        _writes.TryAdd(true);
    }

    /// <summary>Writes what was noted, now; gives up where the store is away.</summary>
    public Task FlushAsync() => _writes.FlushAsync(evenAfterFailure: false);

    public ValueTask DisposeAsync() => _writes.DisposeAsync();

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var now = new Dictionary<string, DateTimeOffset>(_noted, StringComparer.Ordinal);
        if (now.Count == 0) return;
        await _keys.TouchAsync(now, cancellationToken);
        foreach (var pair in now) _noted.TryRemove(pair);
    }
}
