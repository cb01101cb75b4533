namespace Dragoman.Gateway.Requests;

/// <summary>What a request's body wishes beside its answer, as its words stand there: read for records of usage, and nothing is decided by it.</summary>
public sealed record RequestWishes
{
    private const int LongestWord = 64;

    /// <summary>How hard the model shall reason: a level of any protocol, <c>none</c>, <c>auto</c>, or a budget in tokens as the level that it stands for; empty where nothing is said.</summary>
    public string ReasoningEffort { get; private init; } = "";

    /// <summary>The tier of service that is asked for; empty where nothing is said.</summary>
    public string ServiceTier { get; private init; } = "";

    /// <summary>No wishes.</summary>
    internal static RequestWishes None { get; } = new();

    /// <summary>The level that a budget of tokens stands for (wire/cliproxyapi.md §4.5).</summary>
    public static string LevelOf(long budget) => budget switch
    {
        < 0 => "auto",
        0 => "none",
        <= 512 => "minimal",
        <= 1_024 => "low",
        <= 8_192 => "medium",
        <= 24_576 => "high",
        _ => "xhigh",
    };

    /// <summary>These wishes with what one more member of the body says.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value.</param>
    internal RequestWishes With(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("service_tier"u8)) return Word(value) is { } tier ? this with { ServiceTier = tier } : this;
        if (name.SequenceEqual("serviceTier"u8)) return Word(Find(value, "type"u8)) is { } type ? this with { ServiceTier = type } : this;
        // A level says more than a mode, wherever both stand; only reasoning that is switched off needs no level.
        var effort = name switch
        {
            _ when name.SequenceEqual("reasoning_effort"u8) => Word(value),
            _ when name.SequenceEqual("reasoning"u8) => Word(Find(value, "effort"u8)) ?? Budget(Find(value, "max_tokens"u8)),
            _ when name.SequenceEqual("output_config"u8) => ReasoningEffort == "none" ? null : Word(Find(value, "effort"u8)),
            _ when name.SequenceEqual("thinking"u8) => Thinking(value) is var mode && (mode == "none" || ReasoningEffort.Length == 0) ? mode : null,
            _ when name.SequenceEqual("generationConfig"u8) || name.SequenceEqual("generation_config"u8) => Gemini(value),
            _ => null,
        };
        return effort is null ? this : this with { ReasoningEffort = effort };
    }

    /// <summary>Anthropic's <c>thinking</c>; an adaptive one says nothing without an effort beside it.</summary>
    private static string? Thinking(ReadOnlySpan<byte> value) => Word(Find(value, "type"u8)) switch
    {
        "disabled" => "none",
        "enabled" => Budget(Find(value, "budget_tokens"u8)) ?? "auto",
        _ => null,
    };

    private static string? Gemini(ReadOnlySpan<byte> value)
    {
        var thinking = Find(value, "thinkingConfig"u8, "thinking_config"u8);
        return Word(Find(thinking, "thinkingLevel"u8, "thinking_level"u8)) ?? Budget(Find(thinking, "thinkingBudget"u8, "thinking_budget"u8));
    }

    private static string? Budget(ReadOnlySpan<byte> value)
        => System.Buffers.Text.Utf8Parser.TryParse(value, out long budget, out var read) && read == value.Length && read > 0 && budget >= -1 ? LevelOf(budget) : null;

    private static string? Word(ReadOnlySpan<byte> value)
        => value.Length <= LongestWord && RequestMembers.Text(value)?.Trim() is { Length: > 0 } word ? word.ToLowerInvariant() : null;

    /// <summary>A member of an object, the last of its name; empty where there is none. What is odd about it is for others to say.</summary>
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> alias = default)
    {
        if (json.IsEmpty || json[0] != (byte)'{') return default;
        var found = ReadOnlySpan<byte>.Empty;
        var skim = new Protocols.Json.TopLevelJsonScanner(json);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual(name) || (!alias.IsEmpty && skim.Name.SequenceEqual(alias))) found = skim.Value;
        }

        return found;
    }
}
