namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Choices of an upstream that speaks Anthropic's protocol.</summary>
public sealed record AnthropicUpstreamOptions
{
    /// <summary>
    /// Whether requests of clients whose protocol has no cache hints (Chat, Responses, Gemini) are given some, so that Anthropic caches
    /// their prompts as OpenAI and Gemini would have done unasked. On by default.
    /// </summary>
    public bool AddCacheHints { get; init; } = true;
}
