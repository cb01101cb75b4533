namespace Dragoman.Gateway.Routing;

/// <summary>
/// Which lane a conversation is bound to. Bounded: the binding that was used longest ago goes first. A binding lives for a while after
/// its last use; conversations of one session may be bound to different accounts for different models.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">The most bindings that are kept.</param>
public sealed class SessionAffinityTable(TimeProvider time, int capacity = 20_000)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Session, string Model), LinkedListNode<Binding>> _byKey = [];
    private readonly LinkedList<Binding> _byUse = [];

    /// <summary>How many bindings are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _byKey.Count;
        }
    }

    /// <summary>The lane a conversation is bound to; null when to none. Looking does not lengthen the binding's life.</summary>
    public (string AccountId, string Model)? Find(string session, string model, TimeSpan ttl)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue((session, model), out var node)) return null;
            if (time.GetUtcNow() - node.Value.UsedAt < ttl) return (node.Value.AccountId, node.Value.UpstreamModel);
            Remove(node);
            return null;
        }
    }

    /// <summary>Binds a conversation, or goes on with its binding.</summary>
    public void Bind(string session, string model, string accountId, string upstreamModel)
    {
        var binding = new Binding((session, model), accountId, upstreamModel, time.GetUtcNow());
        lock (_gate)
        {
            if (_byKey.TryGetValue(binding.Key, out var old)) _byUse.Remove(old);
            _byKey[binding.Key] = _byUse.AddLast(binding);
            while (_byKey.Count > capacity) Remove(_byUse.First!);
        }
    }

    private void Remove(LinkedListNode<Binding> node)
    {
        _byUse.Remove(node);
        _byKey.Remove(node.Value.Key);
    }

    private sealed record Binding((string Session, string Model) Key, string AccountId, string UpstreamModel, DateTimeOffset UsedAt);
}
