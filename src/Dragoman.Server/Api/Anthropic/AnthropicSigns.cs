using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Anthropic;

/// <summary>How requests of Anthropic's clients are recognised.</summary>
internal static class AnthropicSigns
{
    public static ProtocolSigns Messages { get; } = new(Protocol.AnthropicMessages)
    {
        Words = ["messages", "complete", "organizations", "skills"],
        Roots = ["/api/claude", "/api/oauth", "/api/hello", "/api/event_logging"],
        Headers = ["anthropic-version", "anthropic-beta"],
        UserAgents = ["claude-cli"],
        // Claude on Vertex AI stands among Google's paths, and its clients are Anthropic's.
        OwnsPath = UnservedEndpoints.IsClaudeOnVertex,
    };
}
