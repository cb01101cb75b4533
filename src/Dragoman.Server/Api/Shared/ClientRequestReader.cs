using System.Runtime.InteropServices;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Server.Listeners;
using Dragoman.Server.Security;

namespace Dragoman.Server.Api.Shared;

/// <summary>Makes a <see cref="ClientRequest"/> of an HTTP request and its body.</summary>
internal sealed class ClientRequestReader(Dragoman.Gateway.Routing.Router router, ClientKeyStore clientKeys, FlowRecorder recordings, Func<GatewayConfig> config, IEnumerable<IRequestRules> rules)
{
    private readonly IRequestRules[] _rules = [.. rules];

    /// <exception cref="WireException">The body is no JSON object, or names no model.</exception>
    public ClientRequest Read(HttpRequest request, IClientProtocol protocol, RequestTarget target, ReadOnlyMemory<byte> body, string flow, bool allowPassthrough = true, string? session = null)
    {
        // In place, for all paths: the body is our own memory, and most upstreams refuse the whole of it for half a sign.
        LoneSurrogates.Repair(MemoryMarshal.AsMemory(body).Span);
        var head = RequestEnvelope.Read(body.Span);
        var own = RulesOf(protocol.Protocol);
        var model = target.Model ?? head.Model;
        if (string.IsNullOrWhiteSpace(model)) throw WireException.Invalid(own?.MissingModel ?? "you must provide a model parameter", "model", "missing_required_parameter");
        if (own is not null)
        {
            model = own.ModelOf(model, router.VisibleModels());
            own.Check(head, sharesAccounts: clientKeys.Identities.Count > 1);
        }

        var shown = target.ShownModel ?? model;
        IReadOnlyList<string> fallbacks = [];
        var surface = ListenerSurface.RulesOf(request.HttpContext);
        if (surface is { } rules)
        {
            var visible = router.VisibleModels();
            model = rules.ModelOf(model, visible);
            fallbacks = rules.FallbacksOf(model, visible);
        }

        var headers = ProtocolHeaders.Read(request.Headers);
        var wish = FlowNames.WishOf(request.Headers["x-dragoman-flow-mode"]);
        return new ClientRequest
        {
            ClientProtocol = protocol,
            Body = body,
            Head = head,
            Target = target,
            Model = model,
            ShownModel = shown,
            Fallbacks = fallbacks,
            EmptyAnswerText = surface?.EmptyAnswerText,
            Stream = target.Stream ?? head.Stream,
            FlowId = flow,
            Client = ClientAuthentication.IdentityOf(request.HttpContext),
            Origin = OriginOf(request),
            ClientAddress = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
            ForwardedFor = TrustedProxies.ForwardedFor(request.HttpContext),
            Surface = ListenerSurface.Get(request.HttpContext),
            UserAgent = request.Headers.UserAgent.ToString(),
            SessionHeader = headers.Session ?? session,
            ProtocolHeaders = headers.Chosen,
            RuleHeaders = config().Payload.HeaderNames is { Count: > 0 } names ? [.. request.Headers.Where(header => names.Contains(header.Key)).SelectMany(static header => header.Value, static (header, value) => new KeyValuePair<string, string>(header.Key, value ?? ""))] : null,
            // Passed through, an answer would show the model that gave it.
            AllowPassthrough = allowPassthrough && shown == model,
            FlowMode = wish,
            Capture = recordings.Begin(wish),
        };
    }

    private static RequestOrigin OriginOf(HttpRequest request) => new(request.Path.Value ?? "")
    {
        Host = request.Host is { HasValue: true, Host: var host } ? host : null,
        Port = request.Host.Port,
        TraceParent = request.Headers.TraceParent,
        TraceState = request.Headers.TraceState,
    };

    private IRequestRules? RulesOf(Protocol protocol)
    {
        foreach (var one in _rules)
        {
            if (one.Protocol == protocol) return one;
        }

        return null;
    }
}
