using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Claude;

/// <summary>Requests to Anthropic's API, whoever pays for them.</summary>
internal static class ClaudeRequests
{
    /// <summary>Makes the builder.</summary>
    public static JsonRequests Create() => new(PathOf, ("anthropic-version", "2023-06-01"));

    private static string PathOf(UpstreamCall call) => call.Operation switch
    {
        UpstreamOperation.Generate => "/v1/messages",
        UpstreamOperation.CountTokens => "/v1/messages/count_tokens",
        _ => "/v1/models?limit=1000",
    };
}
