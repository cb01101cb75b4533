using System.IO.Pipelines;
using Dragoman.Gateway.Relay;

namespace Dragoman.Server.Api;

/// <summary>The way back to a client over HTTP.</summary>
internal sealed class HttpChannel(HttpContext context) : IClientChannel
{
    public PipeWriter Body => context.Response.BodyWriter;

    public bool HasBegun { get; private set; }

    public void Abort() => context.Abort();

    public void Begin(int status, string contentType, AnswerHeaders headers)
    {
        HasBegun = true;
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (contentType.StartsWith("text/event-stream", StringComparison.Ordinal))
        {
            response.Headers.CacheControl = "no-cache";
            // nginx and its kin would hold small events back otherwise.
            response.Headers["x-accel-buffering"] = "no";
        }

        foreach (var (name, value) in headers.Upstream) response.Headers.Append(name, value);
        GatewayHeaders.Write(response.Headers, headers);
    }
}
