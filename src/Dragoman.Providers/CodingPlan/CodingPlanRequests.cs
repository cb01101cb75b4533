using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodingPlan;

/// <summary>Requests by a coding plan: as its protocol has them, with the gateway's own name.</summary>
internal sealed class CodingPlanRequests : IRequestBuilder
{
    private static readonly JsonRequests Json = new(static call => call.Operation switch
    {
        UpstreamOperation.ListModels when call.Account.Options.ContainsKey(CodingPlanAccountSchema.Lists) => call.Account.Protocol == Protocol.AnthropicMessages ? "/v1/models" : "/models",
        UpstreamOperation.Generate => call.Account.Protocol == Protocol.AnthropicMessages ? "/v1/messages" : OpenAiPaths.Find(call),
        _ => null,
    });

    /// <inheritdoc/>
    public BuiltRequest? Build(UpstreamCall call)
    {
        if (Json.Build(call) is not { } built) return null;
        var headers = built.Message.Headers;
        if (call.Account.Protocol == Protocol.AnthropicMessages && !headers.Contains("anthropic-version")) headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        return built;
    }
}
