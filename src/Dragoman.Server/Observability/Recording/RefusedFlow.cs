using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Observability.Recording;

/// <summary>The flow of a request that was refused before anybody knew what it asks: its address, who sent it, and why.</summary>
internal static class RefusedFlow
{
    private const int Longest = 200;

    public static FlowRecord Create(HttpContext context, Protocol protocol, WireError error, string id, TimeProvider time) => new()
    {
        Id = id,
        StartedAt = time.GetUtcNow(),
        UserAgent = Short(context.Request.Headers.UserAgent.ToString()),
        Client = ClientFamily.Of(context.Request.Headers.UserAgent.ToString()),
        ClientProtocol = ProtocolRegistry.Traits(protocol).Name,
        Surface = "dragoman",
        Status = ProtocolRegistry.Client(protocol).StatusOf(error),
        IsRefused = true,
        Error = LogText.Sanitize(error.Message),
    };

    private static string Short(string text) => SecretPatterns.Redact(text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "…") : text);
}
