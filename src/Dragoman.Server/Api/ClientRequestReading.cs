using System.Runtime.InteropServices;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Relay;
using Dragoman.Server.Hosting;
using Dragoman.Wire.AnthropicMessages;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Server.Api;

/// <summary>Makes a <see cref="ClientRequest"/> of an HTTP request and its body.</summary>
internal static class ClientRequestReading
{
    /// <exception cref="WireException">The body is no JSON object, or names no model.</exception>
    public static ClientRequest Read(HttpRequest request, IClientLanguage language, RequestTarget target, ReadOnlyMemory<byte> body, string flow, GatewayServices services, bool allowRelayLane = true)
    {
        // In place, for all lanes: the body is our own memory, and most upstreams refuse the whole of it for half a sign.
        LoneSurrogates.Mend(MemoryMarshal.AsMemory(body).Span);
        var head = RequestHead.Read(body.Span);
        var model = target.Model ?? head.Model;
        if (string.IsNullOrWhiteSpace(model)) throw WireException.Invalid(MissingModel(language.Language), "model", "missing_required_parameter");
        if (language.Language == Language.AnthropicMessages) model = AnthropicModelList.WithoutShownPrefix(model, services.VisibleModels());
        // The accounts know the threads of every key; whose a message is, only the upstream could tell.
        if (head.ContinuesThread && language.Language == Language.AnthropicMessages && services.Keys.Callers.Count > 1)
            throw MessageThreads.Refusal("this gateway has several client keys and holds no threads for them");
        var headers = LanguageHeaders.Read(request.Headers);
        var wish = FlowWords.WishOf(request.Headers["x-dragoman-flow-mode"]);
        return new ClientRequest
        {
            Language = language,
            Body = body,
            Head = head,
            Target = target,
            Model = model,
            Stream = target.Stream ?? head.Stream,
            FlowId = flow,
            Caller = ClientGate.CallerOf(request.HttpContext),
            ClientAddress = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
            Surface = Security.ListenerSurface.Of(request.HttpContext),
            UserAgent = request.Headers.UserAgent.ToString(),
            SessionHeader = headers.Session,
            LanguageHeaders = headers.Chosen,
            AllowRelayLane = allowRelayLane,
            FlowMode = wish,
            Capture = services.Flows.Begin(wish),
        };
    }

    private static string MissingModel(Language language) => language == Language.AnthropicMessages ? "model: Field required" : "you must provide a model parameter";
}
