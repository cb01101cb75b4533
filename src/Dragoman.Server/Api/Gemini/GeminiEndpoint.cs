using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Gemini;

/// <summary>A call of Gemini, whose address names model and method: <c>MODEL:METHOD</c>.</summary>
internal sealed class GeminiEndpoint(GenerateEndpoint generate, CountTokensEndpoint count, TimeProvider time)
{
    /// <summary>Model and method. Model ids may hold a colon themselves (Bedrock's do): the method stands behind the last one; empty where there is none.</summary>
    public static (string Model, string Method) Split(string call)
    {
        var colon = call.LastIndexOf(':');
        return colon < 0 ? (call, "") : (call[..colon], call[(colon + 1)..]);
    }

    /// <summary>Answers a call.</summary>
    /// <param name="context">The call.</param>
    /// <param name="call">What the address says.</param>
    /// <param name="servedBy">The model that answers in place of the one that is named; null for that one.</param>
    public Task HandleAsync(HttpContext context, string call, string? servedBy = null)
    {
        var (named, method) = Split(call);
        var protocol = ProtocolRegistry.Client(Protocol.Gemini);
        var target = new RequestTarget(servedBy ?? named) { ShownModel = servedBy is null ? null : named };
        switch (method)
        {
            case "generateContent":
                return generate.HandleAsync(context, protocol, target with { Stream = false });
            case "streamGenerateContent":
                var form = context.Request.Query["alt"] == "sse" ? protocol : StreamForms.GeminiArray;
                return generate.HandleAsync(context, form, target with { Stream = true });
            case "countTokens":
                return count.HandleAsync(context, protocol, target with { Stream = false });
            default:
                var unserved = method.Length == 0 ? null : UnservedEndpoints.ExplainMethod(method, context.Request.Path);
                var error = unserved is not null ? new WireError(ErrorKind.NotFound, unserved) { Code = UnservedEndpoints.Code } : new WireError(ErrorKind.NotFound, $"The address '{context.Request.Path}' names no method of this gateway: generateContent, streamGenerateContent or countTokens is expected behind 'models/MODEL:'.");
                return ErrorResponse.WriteAsync(context, protocol, error, FlowId.New(time));
        }
    }
}
