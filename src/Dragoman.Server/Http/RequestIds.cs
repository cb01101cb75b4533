using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Http;

/// <summary>Ids of requests: a flow id names the record, and the request id that clients see is made of it.</summary>
internal static class RequestIds
{
    /// <summary>A new flow id.</summary>
    public static string NewFlow(TimeProvider time) => FlowId.New(time);

    /// <summary>The request id that clients see.</summary>
    public static string From(string flow) => ErrorAnswer.RequestIdOf(flow);
}
