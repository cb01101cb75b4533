using Dragoman.Wire.Json;

namespace Dragoman.Wire.AnthropicMessages;

/// <summary>
/// The line that Claude Code puts first in its system text to say which program asks. It changes with every request, so it would spoil
/// every prompt cache behind it, and says nothing to a model. The reader takes it out of the system text and keeps it as an extra; only
/// an Anthropic upstream gets it back, every other language's writer reports it with its foreign extras.
/// </summary>
internal static class Attribution
{
    /// <summary>The name of the extra that keeps the block whole.</summary>
    public const string ExtraName = "system[attribution]";

    /// <summary>Whether a system text is the attribution line and nothing else.</summary>
    public static bool Is(JsonText text)
    {
        if (!text.StartsWith("x-anthropic-billing-header:"u8)) return false;
        return text.ToUtf8().Span.TrimEnd("\r\n "u8).IndexOf((byte)'\n') < 0;
    }
}
