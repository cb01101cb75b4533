namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The clients' routes by the protocols that records name.</summary>
internal static class EndpointNames
{
    /// <summary>The route, with its method.</summary>
    public static string Of(string protocol) => $"POST {PathOf(protocol)}";

    /// <summary>The route's path.</summary>
    public static string PathOf(string protocol) => protocol switch
    {
        "anthropic-messages" => "/v1/messages",
        "openai-responses" => "/v1/responses",
        "openai-completions" => "/v1/completions",
        "openai-chat" => "/v1/chat/completions",
        _ when protocol.StartsWith("gemini", StringComparison.Ordinal) => "/v1beta/models",
        _ => "/" + protocol,
    };
}
