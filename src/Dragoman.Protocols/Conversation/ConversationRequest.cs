using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What a client asks, in no client's protocol: the model in the middle that every protocol reads into and writes out of. Slices in it
/// borrow the request body, which lives as long as the request.
/// </summary>
public sealed class ConversationRequest
{
    /// <summary>The protocol the request was read from.</summary>
    public required Protocol Source { get; init; }

    /// <summary>Whether the client's protocol has blocks of thinking, which it shows where thinking is asked for and brings back as they came: a signature that does not say whose it is is Claude's there.</summary>
    public bool HasThinkingBlocks => Source is Protocol.AnthropicMessages or Protocol.BedrockConverse;

    /// <summary>The model the client named, before any mapping.</summary>
    public string Model { get; set; } = "";

    /// <summary>Whether the client wants the answer as a stream.</summary>
    public bool Stream { get; set; }

    /// <summary>Leading system text, in order (text blocks; other kinds only where a protocol allows them).</summary>
    public List<Block> System { get; } = [];

    /// <summary>The conversation so far, in order.</summary>
    public List<Turn> Turns { get; private set; } = [];

    /// <summary>The tools declared, in order.</summary>
    public List<Tool> Tools { get; private set; } = [];

    /// <summary>Which tools may or must be called; null where unsaid.</summary>
    public ToolChoice? ToolChoice { get; set; }

    /// <summary>Whether several tools may be called in one turn; null where unsaid.</summary>
    public bool? ParallelToolCalls { get; set; }

    /// <summary>How the next token is drawn.</summary>
    public Sampling Sampling { get; } = new();

    /// <summary>How many tokens the answer may have, reasoning included; null where unsaid.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Words that end the answer.</summary>
    public List<string> StopSequences { get; } = [];

    /// <summary>How hard to reason; null where unsaid.</summary>
    public ReasoningOptions? Reasoning { get; set; }

    /// <summary>The shape of the answer's text; null where unsaid.</summary>
    public OutputFormat? Output { get; set; }

    /// <summary>How wordy the answer shall be: <c>low</c>, <c>medium</c>, <c>high</c> (Chat's and Responses' <c>verbosity</c>); null where unsaid.</summary>
    public string? Verbosity { get; set; }

    /// <summary>OpenAI's <c>service_tier</c>, Anthropic's <c>service_tier</c>: the word as it stood, or null.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>Who the end user is (Chat's <c>user</c>/<c>safety_identifier</c>, Anthropic's <c>metadata.user_id</c>), or null.</summary>
    public string? UserId { get; set; }

    /// <summary>OpenAI's <c>prompt_cache_key</c>, or null.</summary>
    public string? PromptCacheKey { get; set; }

    /// <summary>A cache hint for the whole request (Anthropic's top-level <c>cache_control</c>), or null.</summary>
    public CacheHint? Cache { get; set; }

    /// <summary>OpenAI's <c>metadata</c> object, as it stood; else empty.</summary>
    public JsonSlice Metadata { get; set; }

    /// <summary>OpenAI's <c>store</c>; null where unsaid.</summary>
    public bool? Store { get; set; }

    /// <summary>Whether a Chat or Completions client asked for the usage chunk (<c>stream_options.include_usage</c>).</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>Whether a Completions client wants its prompt at the head of the answer (<c>echo</c>).</summary>
    public bool EchoPrompt { get; set; }

    /// <summary>
    /// The kinds of output the client wants besides text, in lower case (<c>image</c>, <c>audio</c>): Gemini's <c>responseModalities</c>,
    /// Chat's <c>modalities</c>; null where unsaid.
    /// </summary>
    public List<string>? Modalities { get; set; }

    /// <summary>Fields of the source that the model does not name.</summary>
    public List<Extra> Extras { get; } = [];

    /// <summary>What the client's own protocol repeats of the request in its answers (Responses); no other protocol reads it.</summary>
    internal object? Echo { get; set; }

    /// <summary>The same request with other turns and tools; all else is shared.</summary>
    internal ConversationRequest With(List<Turn> turns, List<Tool> tools)
    {
        var copy = (ConversationRequest)MemberwiseClone();
        copy.Turns = turns;
        copy.Tools = tools;
        return copy;
    }

    /// <summary>The tool of the given name, or null.</summary>
    public Tool? FindTool(string name)
    {
        foreach (var tool in Tools)
        {
            if (tool.Name == name) return tool;
        }

        return null;
    }
}
