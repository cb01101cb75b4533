using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.OpenAi;

/// <summary>How requests of OpenAI's clients are recognised.</summary>
internal static class OpenAiSigns
{
    public static ProtocolSigns Chat { get; } = new(Protocol.OpenAiChat)
    {
        Words = ["assistants", "audio", "chat", "completions", "embeddings", "fine_tuning", "images", "moderations", "realtime", "threads", "uploads", "vector_stores", "videos"],
    };
}
