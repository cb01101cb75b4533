using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>How a model takes thinking in this protocol.</summary>
internal enum ThinkingStyle
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By a budget only.</summary>
    Enabled,

    /// <summary>By a budget or adaptively.</summary>
    Both,

    /// <summary>Adaptively only: a budget is refused.</summary>
    Adaptive,
}

/// <summary>What a model's name tells about the requests it takes. Facts of the provider's catalog win where they are given.</summary>
internal readonly record struct AnthropicModelFacts
{
    private static readonly char[] Separators = ['-', '.', '/', ':', '@', '_', '['];

    /// <summary>Whether the model is a Claude; other models behind this protocol have none of its special rules.</summary>
    public bool IsClaude { get; private init; }

    /// <summary>The most tokens an answer may have.</summary>
    public int MaxOutput { get; private init; }

    /// <summary>How thinking is asked for.</summary>
    public ThinkingStyle Thinking { get; private init; }

    /// <summary>Whether <c>output_config.effort</c> is taken.</summary>
    public bool Effort { get; private init; }

    /// <summary>Whether the effort <c>xhigh</c> is taken.</summary>
    public bool ExtraHighEffort { get; private init; }

    /// <summary>Whether temperature, top_p and top_k are refused.</summary>
    public bool NoSampling { get; private init; }

    /// <summary>Whether temperature and top_p together are refused.</summary>
    public bool OneSamplingOnly { get; private init; }

    /// <summary>Whether a conversation that ends in the assistant's words is refused.</summary>
    public bool NoPrefill { get; private init; }

    /// <summary>Whether <c>output_config.format</c> is taken.</summary>
    public bool StructuredOutput { get; private init; }

    /// <summary>
    /// Whether the model thinks whatever it is told: <c>thinking: {"type": "disabled"}</c> and a tool choice that forces a call are refused
    /// (platform.claude.com, "What's new in Claude Opus 5.5", breaking changes; Fable from 5 and Sonnet from 5.5 on likewise).
    /// </summary>
    public bool AlwaysThinks { get; private init; }

    /// <summary>Whether <c>thinking: {"type": "between_tools"}</c> is the model's least thinking ("What's new in Claude Sonnet 5.5").</summary>
    public bool ThinksBetweenTools { get; private init; }

    /// <summary>Whether the model is of the generation that takes adaptive thinking only.</summary>
    public bool Newest => IsClaude && NoSampling;

    /// <summary>The facts of a model.</summary>
    public static AnthropicModelFacts Get(UpstreamModel model)
    {
        var facts = OfName(model.Id);
        return facts with
        {
            MaxOutput = model.MaxOutputTokens ?? facts.MaxOutput,
            Thinking = model.Reasoning switch
            {
                ReasoningStyle.None => ThinkingStyle.None,
                ReasoningStyle.Budget or ReasoningStyle.Level => facts.Thinking == ThinkingStyle.Both ? ThinkingStyle.Both : ThinkingStyle.Enabled,
                ReasoningStyle.Adaptive or ReasoningStyle.Effort => facts.Thinking == ThinkingStyle.Both ? ThinkingStyle.Both : ThinkingStyle.Adaptive,
                _ => facts.Thinking,
            },
            Effort = facts.Effort || model.Reasoning is ReasoningStyle.Adaptive or ReasoningStyle.Effort,
        };
    }

    private static AnthropicModelFacts OfName(string id)
    {
        var at = id.IndexOf("claude", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return new() { MaxOutput = 32_000, Thinking = ThinkingStyle.Enabled };
        var family = "";
        int? major = null;
        int? minor = null;
        foreach (var part in id[(at + 6)..].ToLowerInvariant().Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Length > 1 && part[0] == 'v' && char.IsAsciiDigit(part[1]))
            {
                // "claude-v2" names the model, "-v1:0" behind a version only its edition on Bedrock.
                major ??= part[1] - '0';
                break;
            }

            if (part.Length <= 2 && int.TryParse(part, out var number))
            {
                if (major is null) major = number;
                else minor ??= number;
            }
            else if (part is "opus" or "sonnet" or "haiku" or "instant" or "fable" or "mythos")
            {
                family = part;
            }
        }

        return Get(family, major, minor ?? 0);
    }

    private static AnthropicModelFacts Get(string family, int? major, int minor)
    {
        var basis = new AnthropicModelFacts { IsClaude = true };
        switch (major)
        {
            case null when family == "instant":
            case 1 or 2:
                return basis with { MaxOutput = 4_096 };
            case 3 when minor >= 7:
                return basis with { MaxOutput = 64_000, Thinking = ThinkingStyle.Enabled };
            case 3:
                return basis with { MaxOutput = minor >= 5 ? 8_192 : 4_096 };
            case 4 when minor <= 1:
                var opus = family == "opus";
                return basis with
                {
                    MaxOutput = opus ? 32_000 : 64_000,
                    Thinking = ThinkingStyle.Enabled,
                    OneSamplingOnly = minor == 1,
                    StructuredOutput = minor == 1,
                };
            case 4 when minor <= 5:
                return basis with { MaxOutput = 64_000, Thinking = ThinkingStyle.Enabled, OneSamplingOnly = true, StructuredOutput = true, Effort = family == "opus" };
            case 4 when minor == 6:
                return basis with { MaxOutput = 128_000, Thinking = ThinkingStyle.Both, OneSamplingOnly = true, StructuredOutput = true, Effort = true, NoPrefill = true };
            default:
                return basis with
                {
                    MaxOutput = 128_000,
                    Thinking = ThinkingStyle.Adaptive,
                    NoSampling = true,
                    StructuredOutput = true,
                    Effort = true,
                    ExtraHighEffort = true,
                    NoPrefill = true,
                    AlwaysThinks = AlwaysThinksOf(family, major, minor),
                    ThinksBetweenTools = family == "sonnet" && AlwaysThinksOf(family, major, minor),
                };
        }
    }

    /// <summary>Families and versions newer than those known are taken to be like the newest known one.</summary>
    private static bool AlwaysThinksOf(string family, int? major, int minor) => family switch
    {
        "haiku" => false,
        "opus" or "sonnet" => major is null or > 5 || (major == 5 && minor >= 5),
        _ => true,
    };
}
