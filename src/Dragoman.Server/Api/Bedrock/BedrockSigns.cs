using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;

namespace Dragoman.Server.Api.Bedrock;

/// <summary>How requests of Bedrock's clients are recognised.</summary>
internal static class BedrockSigns
{
    public static ProtocolSigns Converse { get; } = new(Protocol.BedrockConverse)
    {
        Roots = ["/model/", "/async-invoke", "/guardrail/", "/foundation-models", "/inference-profiles"],
        Headers = ["x-amz-date", "amz-sdk-invocation-id"],
    };
}
