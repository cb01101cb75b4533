using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Responses;

/// <summary>How requests of OpenAI's Responses are recognised.</summary>
internal static class ResponsesSigns
{
    public static ProtocolSigns Responses { get; } = new(Protocol.OpenAiResponses) { Words = ["responses", "conversations"] };
}
