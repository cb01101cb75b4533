using System.IO.Pipelines;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Server.Listeners;

namespace Dragoman.Server.Http;

/// <summary>The way back to a client over HTTP.</summary>
internal sealed class HttpResponseChannel(HttpContext context) : IResponseChannel
{
    /// <summary>The way back to a client of a protocol, in the shape that the listener's surface gives to answers.</summary>
    /// <param name="context">The call.</param>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="limits">How the client stands with its limits, where that is not told by whoever answers.</param>
    public static IResponseChannel For(HttpContext context, Protocol protocol, IReadOnlyList<KeyValuePair<string, string>>? limits = null)
    {
        var channel = new HttpResponseChannel(context) { Limits = limits ?? [] };
        return ListenerSurface.RulesOf(context) is { } rules ? rules.Shape(context, protocol, channel) : channel;
    }

    public PipeWriter Body => context.Response.BodyWriter;

    /// <summary>How the client stands with its limits, where that is not told by whoever answers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Limits { get; init; } = [];

    public bool HasBegun { get; private set; }

    public void Abort() => context.Abort();

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        HasBegun = true;
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = HeaderText.Clean(contentType);
        if (contentType.StartsWith("text/event-stream", StringComparison.Ordinal))
        {
            response.Headers.CacheControl = "no-cache";
            // nginx and its kin would hold small events back otherwise.
            response.Headers["x-accel-buffering"] = "no";
        }

        // With a known length there are no chunks to frame, and no last one to send behind the answer.
        if (headers.Length is { } length) response.ContentLength = length;
        for (var index = 0; index < headers.Upstream.Count; index++) response.Headers.Append(headers.Upstream[index].Key, HeaderText.Clean(headers.Upstream[index].Value));
        GatewayHeaders.Write(response.Headers, Limits.Count == 0 ? headers : headers with { Limits = Limits });
    }
}
