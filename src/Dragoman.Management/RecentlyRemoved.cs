using System.Diagnostics.CodeAnalysis;

namespace Dragoman.Management;

/// <summary>
/// What was removed a moment ago, as it stood in the store (its secrets wrapped), so that a mistake can be undone. It is kept in memory only, for
/// <see cref="Kept"/>, by the process that removed it: nothing of it stays on any disk.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RecentlyRemoved<T>(TimeProvider time)
    where T : class
{
    /// <summary>How long it is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private const int Most = 500;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (T Item, DateTimeOffset At)> _items = new(StringComparer.Ordinal);

    /// <summary>Keeps what was removed.</summary>
    public void Add(string id, T item)
    {
        lock (_gate)
        {
            Prune();
            if (_items.Count >= Most) _items.Remove(_items.MinBy(static pair => pair.Value.At).Key);
            _items[id] = (item, time.GetUtcNow());
        }
    }

    /// <summary>What was removed under an id; it is kept on, for a restore may fail.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out T? item)
    {
        lock (_gate)
        {
            Prune();
            item = _items.TryGetValue(id, out var found) ? found.Item : null;
            return item is not null;
        }
    }

    /// <summary>Forgets it: it is there again.</summary>
    public void Forget(string id)
    {
        lock (_gate) _items.Remove(id);
    }

    private void Prune()
    {
        var oldest = time.GetUtcNow() - Kept;
        foreach (var id in _items.Where(pair => pair.Value.At < oldest).Select(static pair => pair.Key).ToList()) _items.Remove(id);
    }
}
