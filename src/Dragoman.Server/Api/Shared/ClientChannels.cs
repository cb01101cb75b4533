using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Server.Http;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Api.Shared;

/// <summary>Makes the way back of a request for an answer: in the shape of the listener's surface, and kept alive while a whole answer is awaited, where that is configured.</summary>
internal sealed class ClientChannels(Func<GatewayConfig> config, TimeProvider time)
{
    /// <summary>The way back to who sent a request.</summary>
    /// <param name="context">The call.</param>
    /// <param name="request">The request.</param>
    public IResponseChannel For(HttpContext context, ClientRequest request)
    {
        var interval = request.Stream ? TimeSpan.Zero : config().Streaming.WholeAnswerKeepAlive;
        if (interval <= TimeSpan.Zero) return HttpResponseChannel.For(context, request.ClientProtocol.Protocol);
        var channel = new KeptAliveChannel(new HttpResponseChannel(context), request.FlowId, interval, time);
        context.Response.RegisterForDispose(channel);
        return ListenerSurface.RulesOf(context) is { } rules ? rules.Shape(context, request.ClientProtocol.Protocol, channel) : channel;
    }
}
