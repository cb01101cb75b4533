using System.Diagnostics.CodeAnalysis;

namespace Dragoman.Gateway.Caching;

/// <summary>
/// Values in the order of their last use, with the sum of their sizes. It knows no limit of its own: its owner removes the least recently used
/// (<see cref="TryPeekOldest"/>) until its limits hold. Not for several threads at once; the owner has a lock.
/// </summary>
/// <typeparam name="TKey">What values are found by.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
/// <param name="comparer">Compares keys; null for the usual one.</param>
public sealed class LruCache<TKey, TValue>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<Item>> _items = new(comparer);
    private readonly LinkedList<Item> _byUse = [];

    /// <summary>How many values there are.</summary>
    public int Count => _items.Count;

    /// <summary>The sum of the sizes they were put in with.</summary>
    public long Size { get; private set; }

    /// <summary>The keys, in no order.</summary>
    public IEnumerable<TKey> Keys => _items.Keys;

    /// <summary>The values, the most recently used first.</summary>
    public IEnumerable<TValue> NewestFirst
    {
        get
        {
            for (var node = _byUse.Last; node is not null; node = node.Previous) yield return node.Value.Value;
        }
    }

    /// <summary>Finds a value; that is a use of it.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!TryPeek(key, out value)) return false;
        Touch(key);
        return true;
    }

    /// <summary>Finds a value without using it.</summary>
    public bool TryPeek(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var found = _items.TryGetValue(key, out var node);
        value = found ? node!.Value.Value : default;
        return found;
    }

    /// <summary>Makes a value the most recently used one.</summary>
    public void Touch(TKey key)
    {
        if (!_items.TryGetValue(key, out var node)) return;
        _byUse.Remove(node);
        _byUse.AddLast(node);
    }

    /// <summary>Puts a value in as the most recently used one, in the place of the one that had its key.</summary>
    public void Set(TKey key, TValue value, long size = 0)
    {
        Remove(key, out _);
        _items[key] = _byUse.AddLast(new Item(key, value, size));
        Size += size;
    }

    /// <summary>Takes a value out.</summary>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_items.Remove(key, out var node))
        {
            value = default;
            return false;
        }

        _byUse.Remove(node);
        Size -= node.Value.Size;
        value = node.Value.Value;
        return true;
    }

    /// <summary>The least recently used value.</summary>
    public bool TryPeekOldest([MaybeNullWhen(false)] out TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var first = _byUse.First;
        key = first is null ? default : first.Value.Key;
        value = first is null ? default : first.Value.Value;
        return first is not null;
    }

    private readonly record struct Item(TKey Key, TValue Value, long Size);
}
