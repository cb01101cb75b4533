using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Server.Http;

/// <summary>Writes an error as the clients of a protocol read it.</summary>
internal static class ErrorResponse
{
    /// <summary>Answers a call with an error.</summary>
    /// <param name="context">The call.</param>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="flow">The call's flow id.</param>
    public static Task WriteAsync(HttpContext context, IClientProtocol protocol, WireError error, string flow)
        => ErrorAnswer.WriteAsync(
            protocol,
            error with { RequestId = error.RequestId ?? ErrorAnswer.RequestIdOf(flow) },
            HttpResponseChannel.For(context, protocol.Protocol),
            new AnswerHeaders { Flow = flow, RetryAfter = error.RetryAfter },
            upstreamBody: default,
            context.RequestAborted);
}
