using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Gemini;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Surfaces.CliProxy.Amp;

/// <summary>Amp's calls of models, <c>/api/provider/{provider}/…</c>: answered here or, for models that nobody here serves, by Amp.</summary>
internal sealed class AmpModelCalls(AmpModels models, AmpUpstream upstream, AmpProxy proxy, RequestBodyReader bodies, ClientAuthentication authentication, GenerateEndpoint generate, CountTokensEndpoint count, GeminiEndpoint gemini, TimeProvider time)
{
    /// <summary>Answers a call whose body names the model.</summary>
    public async Task CallAsync(HttpContext context, Protocol protocol, bool isCount = false)
    {
        var client = ProtocolRegistry.Client(protocol);
        if (authentication.Check(context) is { } refusal)
        {
            await ErrorResponse.WriteAsync(context, client, refusal, FlowId.New(time));
            return;
        }

        string? served;
        string? asked;
        try
        {
            (asked, served) = await FindAsync(context);
        }
        catch (WireException ex)
        {
            await ErrorResponse.WriteAsync(context, client, ex.Error, FlowId.New(time));
            return;
        }

        if (served is null && asked is not null && upstream.Find(context.Request) is not null) await proxy.ForwardAsync(context);
        else if (isCount) await count.HandleAsync(context, client, TargetOf(served, asked));
        else await generate.HandleAsync(context, client, TargetOf(served, asked));
    }

    /// <summary>Answers a call of Gemini, whose address names the model: <c>MODEL:METHOD</c>.</summary>
    public Task CallGeminiAsync(HttpContext context, string call)
    {
        if (authentication.Check(context) is { } refusal) return ErrorResponse.WriteAsync(context, ProtocolRegistry.Client(Protocol.Gemini), refusal, FlowId.New(time));
        var (model, _) = GeminiEndpoint.Split(call);
        var served = models.Find(model);
        return served is null && upstream.Find(context.Request) is not null ? proxy.ForwardAsync(context) : gemini.HandleAsync(context, call, served);
    }

    /// <summary>Only a name that is not served as it stands is put in the place of the body's.</summary>
    private static RequestTarget TargetOf(string? served, string? asked) => served is null || served == asked ? default : new RequestTarget(served) { ShownModel = asked };

    /// <summary>Reads the body for its model, and puts it back for whoever answers.</summary>
    private async Task<(string? Asked, string? Served)> FindAsync(HttpContext context)
    {
        using var body = await bodies.ReadAsync(context, context.RequestAborted);
        var request = context.Request;
        request.Body = new MemoryStream(body.WrittenMemory.ToArray(), writable: false);
        request.ContentLength = body.Length;
        // It was decoded on the way.
        request.Headers.Remove("Content-Encoding");
        request.Headers.Remove("Transfer-Encoding");
        var asked = RequestEnvelope.Read(body.WrittenSpan).Model;
        return (asked, asked is null ? null : models.Find(asked));
    }
}
