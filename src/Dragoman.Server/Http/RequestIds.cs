using Dragoman.Gateway.Forwarding;

namespace Dragoman.Server.Http;

/// <summary>The ids of requests that clients see: made of the flow id, which names the record.</summary>
internal static class RequestIds
{
    /// <summary>The request id that clients see.</summary>
    public static string From(string flow) => ErrorAnswer.RequestIdOf(flow);
}
