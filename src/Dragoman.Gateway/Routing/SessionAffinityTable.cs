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
    private readonly LruCache<(string Session, string Model), SessionBinding> _bindings = new();

    /// <summary>How many bindings are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _bindings.Count;
        }
    }

    /// <summary>The target a conversation is bound to; null when to none. Looking does not lengthen the binding's life.</summary>
    public SessionBinding? Find(string session, string model, TimeSpan ttl)
    {
        lock (_gate)
        {
            if (!_bindings.TryPeek((session, model), out var binding)) return null;
            if (time.GetUtcNow() - binding.UsedAt < ttl) return binding;
            _bindings.Remove((session, model), out _);
            return null;
        }
    }

    /// <summary>Binds a conversation, or goes on with its binding.</summary>
    /// <param name="session">What ties the conversation together.</param>
    /// <param name="model">The model as the client names it.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="upstreamModel">The upstream's model.</param>
    /// <param name="tokens">How many tokens the conversation has now, by the account's own count; 0 where that is not known.</param>
    public void Bind(string session, string model, string accountId, string upstreamModel, long tokens = 0)
    {
        lock (_gate)
        {
            _bindings.Set((session, model), new SessionBinding(accountId, upstreamModel, tokens, time.GetUtcNow()));
            while (_bindings.Count > capacity && _bindings.TryPeekOldest(out var oldest, out _)) _bindings.Remove(oldest, out _);
        }
    }
}

/// <summary>Where a conversation was answered last.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Tokens">How many tokens the conversation had then, its last answer included; 0 where that is not known.</param>
/// <param name="UsedAt">When that was.</param>
public sealed record SessionBinding(string AccountId, string Model, long Tokens, DateTimeOffset UsedAt);
