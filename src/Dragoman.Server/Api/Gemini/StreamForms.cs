using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;

namespace Dragoman.Server.Api.Gemini;

/// <summary>Other forms a protocol's stream can be asked for.</summary>
internal static class StreamForms
{
    /// <summary>Gemini's stream as one JSON array, which it sends when <c>alt=sse</c> is not asked for.</summary>
    public static IClientProtocol GeminiArray => GeminiClient.ArrayForm;
}
