using Dragoman.Gateway.Caching;

namespace Dragoman.Gateway.Routing;

/// <summary>
/// Which target a conversation is bound to. Bounded: the binding that was used longest ago goes first. A binding lives for a while after
/// its last use; conversations of one session may be bound to different accounts for different models.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="capacity">The most bindings that are kept.</param>
public sealed class SessionAffinityTable(TimeProvider time, int capacity = 20_000)
{
    private readonly Lock _gate = new();
    private readonly LruCache<(string Session, string Model), Binding> _bindings = new();

    /// <summary>How many bindings are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _bindings.Count;
        }
    }

    /// <summary>The target a conversation is bound to; null when to none. Looking does not lengthen the binding's life.</summary>
    public (string AccountId, string Model)? Find(string session, string model, TimeSpan ttl)
    {
        lock (_gate)
        {
            if (!_bindings.TryPeek((session, model), out var binding)) return null;
            if (time.GetUtcNow() - binding.UsedAt < ttl) return (binding.AccountId, binding.UpstreamModel);
            _bindings.Remove((session, model), out _);
            return null;
        }
    }

    /// <summary>Binds a conversation, or goes on with its binding.</summary>
    public void Bind(string session, string model, string accountId, string upstreamModel)
    {
        lock (_gate)
        {
            _bindings.Set((session, model), new Binding(accountId, upstreamModel, time.GetUtcNow()));
            while (_bindings.Count > capacity && _bindings.TryPeekOldest(out var oldest, out _)) _bindings.Remove(oldest, out _);
        }
    }

    private sealed record Binding(string AccountId, string UpstreamModel, DateTimeOffset UsedAt);
}
