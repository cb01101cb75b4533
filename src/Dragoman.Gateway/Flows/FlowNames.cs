using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Flows;

/// <summary>The words that languages, faces and modes have in records and addresses.</summary>
public static class FlowNames
{
    /// <summary>The word of a language.</summary>
    public static string Of(Protocol language) => ProtocolRegistry.Traits(language).Name;

    /// <summary>The language of a word, or null.</summary>
    public static Protocol? LanguageOf(string word) => ProtocolRegistry.FromName(word);

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
