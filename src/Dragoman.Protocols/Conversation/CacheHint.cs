namespace Dragoman.Protocols.Conversation;

/// <summary>"The prompt up to here is worth caching": Anthropic's <c>cache_control</c>, Bedrock's <c>cachePoint</c>.</summary>
/// <param name="Ttl">The wished lifetime as the protocols spell it (<c>5m</c>, <c>1h</c>), or null for the upstream's default.</param>
public sealed record CacheHint(string? Ttl = null);
