namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Who gets the body that is written: the variants of this protocol differ in what they refuse.</summary>
/// <param name="Protocol">Anthropic Messages, or Anthropic on Bedrock.</param>
/// <param name="AddCacheHints">Whether requests of protocols without cache hints are given some.</param>
/// <param name="Counting">Whether the body is for <c>count_tokens</c>.</param>
internal readonly record struct AnthropicTarget(Protocol Protocol, bool AddCacheHints, bool Counting)
{
    /// <summary>Whether the body goes to Bedrock's InvokeModel.</summary>
    public bool IsBedrock => Protocol == Protocol.BedrockAnthropic;

    /// <summary>Whether the request's flags let Bedrock's Claude search for tools, and so take deferred ones.</summary>
    public bool SearchesTools { get; init; }
}
