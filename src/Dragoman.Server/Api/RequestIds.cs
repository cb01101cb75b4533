using Dragoman.Gateway.Relay;

namespace Dragoman.Server.Api;

/// <summary>Ids of requests: a flow id names the record, and the request id that clients see is made of it.</summary>
internal static class RequestIds
{
    /// <summary>A new flow id: time-ordered, so that records sort by it.</summary>
    public static string NewFlow(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    /// <summary>The request id that clients see.</summary>
    public static string Of(string flow) => ErrorAnswer.RequestIdOf(flow);
}
