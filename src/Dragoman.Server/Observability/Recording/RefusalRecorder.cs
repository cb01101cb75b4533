using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;
using Dragoman.Server.Observability.Metrics;

namespace Dragoman.Server.Observability.Recording;

/// <summary>Records requests that were refused before the pipeline: without a good key, or with a body that cannot be read.</summary>
internal sealed partial class RefusalRecorder(ILogger<RefusalRecorder> logger, GatewayMetrics metrics, FlowRecorder flows, TimeProvider time)
{
    /// <summary>Counts, logs and keeps a refusal.</summary>
    /// <param name="context">The call.</param>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="error">What the client is answered.</param>
    /// <param name="flow">Its id in the records; null for a new one.</param>
    public void Record(HttpContext context, Protocol protocol, WireError error, string? flow = null)
    {
        metrics.Refused(protocol, error.EffectiveStatus);
        flows.Refused(RefusedFlow.Create(context, protocol, error, flow ?? FlowId.New(time), time));
        LogRefused(LogText.Sanitize(context.Request.Path), ProtocolRegistry.Traits(protocol).Name, error.EffectiveStatus, LogText.Sanitize(error.Message));
    }

    [LoggerMessage(3, LogLevel.Warning, "{Path} ({Protocol}) was rejected with {Status}: {Message}")]
    private partial void LogRefused(string path, string protocol, int status, string message);
}
