using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Gemini;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Surfaces.CliProxy.Amp;

/// <summary>Amp's calls of models, <c>/api/provider/{provider}/…</c>: answered here or, for models that nobody here serves, by Amp.</summary>
internal sealed class AmpModelCalls(AmpModels models, AmpUpstream upstream, AmpProxy proxy, ClientAuthentication authentication, GenerateEndpoint generate, CountTokensEndpoint count, GeminiEndpoint gemini, TimeProvider time)
{
    /// <summary>Answers a call whose body names the model.</summary>
    public Task CallAsync(HttpContext context, Protocol protocol, bool isCount = false)
    {
        var client = ProtocolRegistry.Client(protocol);
        return isCount ? count.HandleAsync(context, client, settle: body => SettleAsync(context, body)) : generate.HandleAsync(context, client, settle: body => SettleAsync(context, body));
    }

    /// <summary>Answers a call of Gemini, whose address names the model: <c>MODEL:METHOD</c>.</summary>
    public Task CallGeminiAsync(HttpContext context, string call)
    {
        var served = models.Find(GeminiEndpoint.Split(call).Model);
        if (served is not null || upstream.Find(context.Request) is null) return gemini.HandleAsync(context, call, served);
        return authentication.Check(context) is { } refusal ? ErrorResponse.WriteAsync(context, ProtocolRegistry.Client(Protocol.Gemini), refusal, FlowId.New(time)) : proxy.ForwardAsync(context);
    }

    /// <summary>Finds the model that answers; null where Amp has answered.</summary>
    private async ValueTask<RequestTarget?> SettleAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        var asked = RequestEnvelope.Read(body.Span).Model;
        var served = asked is null ? null : models.Find(asked);
        // Only a name that is not served as it stands is put in the place of the body's.
        if (served is not null || asked is null || upstream.Find(context.Request) is null) return served is null || served == asked ? default(RequestTarget) : new RequestTarget(served) { ShownModel = asked };
        var request = context.Request;
        (request.Body, request.ContentLength) = (new MemoryStream(body.ToArray(), writable: false), body.Length);
        // It was decoded on the way.
        request.Headers.Remove("Content-Encoding");
        request.Headers.Remove("Transfer-Encoding");
        await proxy.ForwardAsync(context);
        return null;
    }
}
