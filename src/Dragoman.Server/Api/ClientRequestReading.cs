using System.Runtime.InteropServices;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>Makes a <see cref="ClientRequest"/> of an HTTP request and its body.</summary>
internal static class ClientRequestReading
{
    /// <exception cref="WireException">The body is no JSON object, or names no model.</exception>
    public static ClientRequest Read(HttpRequest request, IClientProtocol language, RequestTarget target, ReadOnlyMemory<byte> body, string flow, GatewayServices services, bool allowRelayLane = true)
    {
        // In place, for all lanes: the body is our own memory, and most upstreams refuse the whole of it for half a sign.
        LoneSurrogates.Mend(MemoryMarshal.AsMemory(body).Span);
        var head = RequestEnvelope.Read(body.Span);
        var model = target.Model ?? head.Model;
        if (string.IsNullOrWhiteSpace(model)) throw WireException.Invalid(MissingModel(language.Language), "model", "missing_required_parameter");
        if (language.Language == Protocol.AnthropicMessages) model = AnthropicModelList.WithoutShownPrefix(model, services.VisibleModels());
        // The accounts know the threads of every key; whose a message is, only the upstream could tell.
        if (head.ContinuesThread && language.Language == Protocol.AnthropicMessages && services.Keys.Callers.Count > 1)
            throw AnthropicThreads.Refusal("this gateway has several client keys and holds no threads for them");
        var headers = ProtocolHeaders.Read(request.Headers);
        var wish = FlowNames.WishOf(request.Headers["x-dragoman-flow-mode"]);
        return new ClientRequest
        {
            Language = language,
            Body = body,
            Head = head,
            Target = target,
            Model = model,
            Stream = target.Stream ?? head.Stream,
            FlowId = flow,
            Caller = ClientAuthentication.CallerOf(request.HttpContext),
            ClientAddress = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
            Surface = Dragoman.Server.Security.ListenerSurface.Of(request.HttpContext),
            UserAgent = request.Headers.UserAgent.ToString(),
            SessionHeader = headers.Session,
            LanguageHeaders = headers.Chosen,
            AllowRelayLane = allowRelayLane,
            FlowMode = wish,
            Capture = services.Flows.Begin(wish),
        };
    }

    private static string MissingModel(Protocol language) => language == Protocol.AnthropicMessages ? "model: Field required" : "you must provide a model parameter";
}
