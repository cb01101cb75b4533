using Dragoman.Gateway.Providers;
using Dragoman.Protocols;

namespace Dragoman.Providers.Abstractions;

/// <summary>Where OpenAI's API has its operations, by Chat Completions or by Responses as the account's protocol says; the address in front ends in <c>/v1</c> or what a compatible service has in its place.</summary>
public static class OpenAiPaths
{
    /// <summary>Where OpenAI's own API is.</summary>
    public const string DefaultBase = "https://api.openai.com/v1";

    /// <summary>The path of an operation; null where there is none.</summary>
    public static string? Find(UpstreamCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.Operation switch
        {
            UpstreamOperation.Generate => call.Account.Protocol == Protocol.OpenAiResponses ? "/responses" : "/chat/completions",
            UpstreamOperation.ListModels => "/models",
            UpstreamOperation.CountTokens when call.Account.Protocol == Protocol.OpenAiResponses => "/responses/input_tokens",
            _ => null,
        };
    }
}
