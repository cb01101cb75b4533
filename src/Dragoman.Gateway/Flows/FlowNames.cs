using Dragoman.Gateway.Requests;

namespace Dragoman.Gateway.Flows;

/// <summary>The names of surfaces and recording modes in records and headers.</summary>
public static class FlowNames
{
    /// <summary>The name of a surface of the gateway.</summary>
    public static string Of(Surface surface) => surface switch
    {
        Surface.Dragoman => "dragoman",
        Surface.CliProxy => "cliproxy",
        Surface.Kiro => "kiro",
        Surface.Codex => "codex",
        Surface.Antigravity => "antigravity",
        _ => "bedrock",
    };

    /// <summary>The recording mode that a client's header asks for; <see cref="FlowMode.Full"/> (no wish) for an absent header and for unknown values.</summary>
    public static FlowMode WishOf(string? header) => header?.Trim() switch
    {
        { } word when word.Equals("off", StringComparison.OrdinalIgnoreCase) => FlowMode.Off,
        { } word when word.Equals("metadata", StringComparison.OrdinalIgnoreCase) => FlowMode.Metadata,
        _ => FlowMode.Full,
    };
}
