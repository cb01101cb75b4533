using Dragoman.Gateway.Pipeline;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.CodeAssist;

/// <summary>Answers Gemini's methods in the wrapping of Code Assist.</summary>
internal sealed class CodeAssistEndpoint(ClientEndpoint endpoint, ClientChannels channels, RequestPipeline pipeline, CountTokensEndpoint count)
{
    private static IClientProtocol Gemini => ProtocolRegistry.Client(Protocol.Gemini);

    /// <summary>Answers <c>generateContent</c> and <c>streamGenerateContent</c>; a stream is one of events, as the command line asks for it (<c>alt=sse</c>).</summary>
    public Task GenerateAsync(HttpContext context, bool isStream)
        => endpoint.HandleAsync(context, Gemini, default, async (request, body) =>
        {
            request.OwnBody = body;
            using var channel = new CodeAssistChannel(channels.For(context, request), request.FlowId);
            await pipeline.HandleAsync(request, channel, context.RequestAborted);
            await channel.FinishAsync(context.RequestAborted);
        }, body => CodeAssistBody.Open(body, isStream));

    /// <summary>Answers <c>countTokens</c>, which Code Assist does not wrap.</summary>
    public Task CountAsync(HttpContext context) => count.HandleAsync(context, Gemini, default, body => CodeAssistBody.Open(body, isStream: false));
}
