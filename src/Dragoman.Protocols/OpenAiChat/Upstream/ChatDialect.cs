using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// What a Chat server takes, judged by the model's id, for the address is not known here. An id with a slash
/// (<c>anthropic/claude-…</c>) is a marketplace's (OpenRouter and its like), never OpenAI's own.
/// </summary>
internal sealed class ChatDialect
{
    private readonly string _name;

    public ChatDialect(UpstreamModel model)
    {
        var id = model.Id;
        IsMarketplace = id.Contains('/', StringComparison.Ordinal);
        _name = ModelName.WithoutPath(id).ToLowerInvariant();
        Family = model.EffectiveFamily;
        var openWeights = _name.StartsWith("gpt-oss", StringComparison.Ordinal) || _name.StartsWith("gpt-j", StringComparison.Ordinal);
        if (openWeights) Family = SignatureFamily.Other;
        IsOpenAiModel = Family == SignatureFamily.OpenAi;
        IsOpenAi = IsOpenAiModel && !IsMarketplace;
        Facts = IsOpenAiModel ? OpenAiModelFacts.Get(id) : default;
    }

    /// <summary>Whose reasoning signatures the model reads.</summary>
    public SignatureFamily Family { get; }

    /// <summary>Whether the id is a marketplace's.</summary>
    public bool IsMarketplace { get; }

    /// <summary>Whether the model is OpenAI's, wherever it is hosted.</summary>
    public bool IsOpenAiModel { get; }

    /// <summary>Whether the model is OpenAI's, at OpenAI's own interface: it refuses fields it does not know.</summary>
    public bool IsOpenAi { get; }

    /// <summary>
    /// Whether <c>top_k</c> may be sent: where ids have a maker's name before them (OpenRouter, vLLM) it is known. Elsewhere a strict server may
    /// refuse the whole request for a field that OpenAI does not have, and Gemini CLI sends it every time.
    /// </summary>
    public bool TakesTopK => IsMarketplace;

    /// <summary>What OpenAI's models take; nothing in particular for those of others.</summary>
    public OpenAiModelFacts Facts { get; }

    /// <summary>OpenAI's reasoning models (o1, o3, gpt-5 and later) and their siblings without reasoning, which refuse <c>max_tokens</c>.</summary>
    public bool IsOpenAiReasoning => Facts.Reasons || Facts.Version >= 5;

    /// <summary>Whether free-text (<c>custom</c>) tools may be declared: OpenAI's own interface, from gpt-5 on.</summary>
    public bool TakesCustomTools => IsOpenAi && Facts.Version >= 5;

    /// <summary>Whether <c>allowed_tools</c> is known.</summary>
    public bool TakesAllowedTools => IsOpenAi;

    /// <summary>Whether <c>web_search_options</c> is known: OpenAI's search models and Perplexity's.</summary>
    public bool TakesWebSearch => _name.Contains("search", StringComparison.Ordinal) || _name.Contains("sonar", StringComparison.Ordinal);

    /// <summary>
    /// Whether cache hints are written as <c>cache_control</c>: where Claude stands behind Chat. Everywhere else caching needs no hint, so
    /// leaving it out loses nothing.
    /// </summary>
    public bool TakesCacheControl => Family == SignatureFamily.Claude;

    /// <summary>
    /// Whether a client's own <c>cache_control</c> passes unchanged: besides Claude, OpenRouter and its like take it for every model, and Alibaba's servers for Qwen. OpenAI, Groq, Mistral and Cerebras refuse members
    /// that they do not know; others overlook them.
    /// </summary>
    public bool PassesCacheControl => TakesCacheControl || IsMarketplace || Starts("qwen");

    /// <summary>Whether earlier reasoning is wanted back as <c>reasoning_content</c>: models that think between tool calls ask for it.</summary>
    public bool WantsReasoningContent => Thinks;

    /// <summary>
    /// What stands for the reasoning of a turn with calls where it is not known, because the server refuses the conversation without it while
    /// it thinks; null where it does not. Moonshot takes an empty text for a missing one ("reasoning_content is missing in assistant tool call
    /// message"), DeepSeek and MiMo only want the member there ("must be passed back to the API").
    /// </summary>
    public string? DemandedReasoning => IsKimi ? " " : Starts("deepseek") || Starts("mimo") ? "" : null;

    /// <summary>Whether the messages that end a round of calls have to bring their reasoning too (DeepSeek's guide to its thinking mode).</summary>
    public bool DemandsReasoningOfRounds => Starts("deepseek");

    /// <summary>Whether the model thinks unless told not to: Kimi from K2.5 on and its thinking models, DeepSeek's reasoner and V4, MiMo.</summary>
    public bool ThinksUnasked => IsKimi
        ? !(Starts("moonshot-v") || _name is "kimi-k2" || Starts("kimi-k2-0") || Starts("kimi-k2-instruct") || Starts("kimi-k2-turbo"))
        : Starts("mimo") || (Starts("deepseek") && (_name.Contains("reasoner", StringComparison.Ordinal) || _name.Contains("-v4", StringComparison.Ordinal)
            || _name.Contains("-r1", StringComparison.Ordinal) || _name.Contains("think", StringComparison.Ordinal)));

    /// <summary>Whether earlier reasoning is taken back with its signature as <c>reasoning_details</c>.</summary>
    public bool TakesReasoningDetails => IsMarketplace && Family is SignatureFamily.Claude or SignatureFamily.Gemini or SignatureFamily.OpenAi;

    /// <summary>Whether a budget can be asked for as such (OpenRouter's <c>reasoning.max_tokens</c>).</summary>
    public bool TakesReasoningBudget
        => IsMarketplace && Family is SignatureFamily.Claude or SignatureFamily.Gemini;

    /// <summary>Whether reasoning is switched by <c>thinking: {"type": …}</c> (DeepSeek, Kimi, GLM, MiMo at their own makers).</summary>
    public bool SwitchesByThinking => !IsMarketplace && Thinks && !_name.StartsWith("minimax", StringComparison.Ordinal);

    /// <summary>Whether reasoning is switched by <c>enable_thinking</c> (Qwen at Alibaba).</summary>
    public bool SwitchesByEnable => !IsMarketplace && !_name.Contains(':', StringComparison.Ordinal) && _name.StartsWith("qwen", StringComparison.Ordinal);

    /// <summary>Mistral takes ids of calls only when they are nine letters and digits.</summary>
    public bool ShortCallIds => _name.Contains("mistral", StringComparison.Ordinal) || _name.Contains("ministral", StringComparison.Ordinal)
        || _name.Contains("magistral", StringComparison.Ordinal) || _name.Contains("devstral", StringComparison.Ordinal)
        || _name.Contains("codestral", StringComparison.Ordinal) || _name.Contains("pixtral", StringComparison.Ordinal);

    /// <summary>Whether the effort word <c>none</c> is known to OpenAI's model.</summary>
    public bool TakesEffortNone => !IsOpenAiModel || (Facts.Reasons && Facts.LeastEffort == "none");

    /// <summary>Whether the effort word <c>minimal</c> is known to OpenAI's model.</summary>
    public bool TakesEffortMinimal => !IsOpenAiModel || Facts.LeastEffort == "minimal";

    /// <summary>Whether the effort word <c>xhigh</c> is known.</summary>
    public bool TakesEffortXHigh => (IsOpenAiModel && (Facts.Version >= 5.2 || _name.Contains("codex-max", StringComparison.Ordinal)))
        || (IsMarketplace && !IsOpenAiModel);

    /// <summary>
    /// Whether the model may think aloud between <c>&lt;think&gt;</c> tags at the head of its text: open models do where their server has no
    /// parser for it, the closed ones never.
    /// </summary>
    public bool TagsThinking => Family is SignatureFamily.Other or SignatureFamily.Unknown;

    private bool IsKimi => Starts("kimi") || Starts("moonshot") || Starts("k2p");

    private bool Thinks => IsKimi || Starts("deepseek") || Starts("glm") || Starts("zai-glm") || Starts("mimo") || Starts("minimax");

    private bool Starts(string word) => _name.StartsWith(word, StringComparison.Ordinal);
}
