using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>How a model on Bedrock is told to reason.</summary>
internal enum ConverseReasoningStyle
{
    None,
    Budget,
    BudgetOrAdaptive,
    Adaptive,
    NovaEffort,
    Effort,
    DeepSeekWord,
}

/// <summary>
/// What a model takes, as far as its id tells. Converse is one protocol, but a member that a model does not know is a 400 and not a shrug.
/// </summary>
internal sealed class ConverseModelTraits
{
    public required bool IsClaude { get; init; }

    public bool IsNova { get; init; }

    public bool IsMistral { get; init; }

    public bool IsLlama { get; init; }

    public ConverseReasoningStyle Reasoning { get; init; }

    /// <summary>Temperature, topP and top_k are refused.</summary>
    public bool NoSampling { get; init; }

    /// <summary>Temperature and topP are refused together.</summary>
    public bool OneOfTemperatureAndTopP { get; init; }

    /// <summary>The conversation may end with the assistant's half-said answer.</summary>
    public bool Prefill { get; init; }

    /// <summary>Answers of a schema, and strict tools, are built in.</summary>
    public bool NativeSchema { get; init; }

    /// <summary>No call can be forced, because the model always thinks.</summary>
    public bool NoForcedCalls { get; init; }

    public bool CachesMessages { get; init; }

    public bool CachesTools => IsClaude && CachesMessages;

    public bool CachesForAnHour { get; init; }

    public bool KnowsXHigh { get; init; }

    public int? MaxOutput { get; init; }

    public static ConverseModelTraits Of(UpstreamModel model)
    {
        var id = model.Id.ToLowerInvariant();
        var traits = id.Contains("claude", StringComparison.Ordinal) ? Claude(id.Replace('.', '-'))
            : model.Family == SignatureFamily.Claude ? Claude("")
            : Other(id);
        return new ConverseModelTraits
        {
            IsClaude = traits.IsClaude,
            IsNova = traits.IsNova,
            IsMistral = traits.IsMistral,
            IsLlama = traits.IsLlama,
            NoSampling = traits.NoSampling,
            OneOfTemperatureAndTopP = traits.OneOfTemperatureAndTopP,
            Prefill = traits.Prefill,
            NativeSchema = traits.NativeSchema,
            NoForcedCalls = traits.IsClaude && AnthropicModelFacts.Get(model).AlwaysThinks,
            CachesMessages = traits.CachesMessages,
            CachesForAnHour = traits.CachesForAnHour,
            KnowsXHigh = traits.KnowsXHigh,
            MaxOutput = model.MaxOutputTokens ?? traits.MaxOutput,
            Reasoning = model.Reasoning switch
            {
                ReasoningStyle.None => ConverseReasoningStyle.None,
                ReasoningStyle.Budget when traits.IsClaude => ConverseReasoningStyle.Budget,
                ReasoningStyle.Adaptive when traits.IsClaude => traits.Reasoning == ConverseReasoningStyle.BudgetOrAdaptive ? traits.Reasoning : ConverseReasoningStyle.Adaptive,
                ReasoningStyle.Effort when !traits.IsClaude && traits.Reasoning == ConverseReasoningStyle.None => ConverseReasoningStyle.Effort,
                _ => traits.Reasoning,
            },
        };
    }

    private static ConverseModelTraits Claude(string id)
    {
        if (Has(id, "claude-v2") || Has(id, "claude-instant") || Has(id, "claude-2")) return new() { IsClaude = true, Prefill = true, MaxOutput = 4096 };
        if (Has(id, "claude-3-7")) return Older(64_000, ConverseReasoningStyle.Budget);
        if (Has(id, "claude-3-5")) return Older(8192, ConverseReasoningStyle.None);
        if (Has(id, "claude-3")) return Older(4096, ConverseReasoningStyle.None);
        if (Has(id, "opus-4-1")) return Older(32_000, ConverseReasoningStyle.Budget, oneOf: true);
        if (Has(id, "-4-5")) return new()
        {
            IsClaude = true,
            Reasoning = ConverseReasoningStyle.Budget,
            OneOfTemperatureAndTopP = true,
            Prefill = true,
            NativeSchema = true,
            CachesMessages = true,
            CachesForAnHour = true,
            MaxOutput = 64_000,
        };
        if (Has(id, "-4-6")) return new()
        {
            IsClaude = true,
            Reasoning = ConverseReasoningStyle.BudgetOrAdaptive,
            OneOfTemperatureAndTopP = true,
            NativeSchema = true,
            CachesMessages = true,
            CachesForAnHour = true,
            MaxOutput = 128_000,
        };
        if (Has(id, "opus-4-2025") || id.EndsWith("opus-4", StringComparison.Ordinal)) return Older(32_000, ConverseReasoningStyle.Budget);
        if (Has(id, "sonnet-4-2025") || id.EndsWith("sonnet-4", StringComparison.Ordinal)) return Older(64_000, ConverseReasoningStyle.Budget);
        return new()
        {
            IsClaude = true,
            Reasoning = ConverseReasoningStyle.Adaptive,
            NoSampling = true,
            OneOfTemperatureAndTopP = true,
            CachesMessages = true,
            CachesForAnHour = true,
            KnowsXHigh = true,
            MaxOutput = 128_000,
        };
    }

    private static ConverseModelTraits Older(int maxOutput, ConverseReasoningStyle reasoning, bool oneOf = false) => new()
    {
        IsClaude = true,
        Reasoning = reasoning,
        OneOfTemperatureAndTopP = oneOf,
        Prefill = true,
        CachesMessages = true,
        MaxOutput = maxOutput,
    };

    private static ConverseModelTraits Other(string id) => new()
    {
        IsClaude = false,
        IsNova = Has(id, "amazon.nova"),
        IsMistral = Has(id, "mistral"),
        IsLlama = Has(id, "meta.llama"),
        CachesMessages = Has(id, "amazon.nova"),
        NativeSchema = Has(id, "gpt-oss") || Has(id, "qwen3") || Has(id, "deepseek.v3") || Has(id, "mistral.ministral")
            || Has(id, "mistral.magistral") || Has(id, "mistral.mistral-large-3") || Has(id, "google.gemma-3") || Has(id, "minimax") || Has(id, "kimi") || Has(id, "nemotron"),
        Reasoning = Has(id, "amazon.nova-2") ? ConverseReasoningStyle.NovaEffort
            : Has(id, "gpt-oss") ? ConverseReasoningStyle.Effort
            : Has(id, "deepseek.v3") ? ConverseReasoningStyle.DeepSeekWord
            : ConverseReasoningStyle.None,
    };

    private static bool Has(string id, string part) => id.Contains(part, StringComparison.Ordinal);
}
