using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Gateway.Flows;

/// <summary>The words that languages, faces and modes have in records and addresses.</summary>
public static class FlowNames
{
    private static readonly (Protocol Language, string Word)[] Languages =
    [
        (Protocol.OpenAiChat, "openai-chat"), (Protocol.OpenAiCompletions, "openai-completions"), (Protocol.OpenAiResponses, "openai-responses"),
        (Protocol.AnthropicMessages, "anthropic-messages"), (Protocol.Gemini, "gemini"), (Protocol.BedrockConverse, "bedrock-converse"), (Protocol.BedrockAnthropic, "bedrock-anthropic"),
    ];

    /// <summary>The word of a language.</summary>
    public static string Of(Protocol language)
    {
        foreach (var (known, word) in Languages)
            if (known == language) return word;
        return language.ToString();
    }

    /// <summary>The language of a word, or null.</summary>
    public static Protocol? LanguageOf(string word)
    {
        foreach (var (language, known) in Languages)
            if (known == word) return language;
        return null;
    }

    /// <summary>The word of a face of the gateway.</summary>
    public static string Of(Surface surface) => surface switch
    {
        Surface.Dragoman => "dragoman",
        Surface.CliProxy => "cliproxy",
        Surface.Kiro => "kiro",
        Surface.Codex => "codex",
        Surface.Antigravity => "antigravity",
        _ => "bedrock",
    };

    /// <summary>The mode that a client's header asks for; <see cref="FlowMode.Full"/> (no wish) for nothing and for words that are none.</summary>
    public static FlowMode WishOf(string? header) => header?.Trim() switch
    {
        { } word when word.Equals("off", StringComparison.OrdinalIgnoreCase) => FlowMode.Off,
        { } word when word.Equals("metadata", StringComparison.OrdinalIgnoreCase) => FlowMode.Metadata,
        _ => FlowMode.Full,
    };
}
