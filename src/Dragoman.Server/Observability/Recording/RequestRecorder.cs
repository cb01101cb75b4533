using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Server.Observability.Telemetry;

namespace Dragoman.Server.Observability.Recording;

/// <summary>Sees every request end: one log line and the counters, without bodies and without secrets.</summary>
internal sealed partial class RequestRecorder(ILogger<RequestRecorder> logger, GatewayMetrics metrics, TimeProvider time, GracefulShutdown draining, FlowRecorder flows, RequestTelemetry? telemetry = null)
{
    /// <summary>Runs a request and records how it ended.</summary>
    public Task<RequestOutcome?> RunAsync(HttpContext context, ClientRequest request, Func<CancellationToken, Task<RequestOutcome>> forward)
        => RunAsync(context.Request.Path.Value ?? "", context.Request, request, forward, context.RequestAborted);

    /// <summary>Runs a request that is not one HTTP call (a turn on a socket, a background response) and records how it ended.</summary>
    public Task<RequestOutcome?> RunAsync(string path, ClientRequest request, Func<CancellationToken, Task<RequestOutcome>> forward, CancellationToken gone)
        => RunAsync(path, http: null, request, forward, gone);

    private async Task<RequestOutcome?> RunAsync(string path, HttpRequest? http, ClientRequest request, Func<CancellationToken, Task<RequestOutcome>> forward, CancellationToken gone)
    {
        using var open = draining.Track();
        using var span = telemetry?.Begin(request, http);
        var started = time.GetTimestamp();
        metrics.Started();
        RequestOutcome? outcome = null;
        try
        {
            outcome = await forward(gone);
            return outcome;
        }
        finally
        {
            var duration = time.GetElapsedTime(started);
            metrics.Stopped();
            if (outcome is null) metrics.Failed(request.ClientProtocol.Protocol, duration);
            Log(path, request, outcome, duration);
        }
    }

    /// <summary>A request that never reached the relay.</summary>
    public void Refused(HttpContext context, Protocol protocol, WireError error, string? flow = null)
    {
        metrics.Refused(protocol, error.EffectiveStatus);
        flows.Refused(RefusedFlow.Create(context, protocol, error, flow ?? RequestIds.NewFlow(time), time));
        LogRefused(LogText.Sanitize(context.Request.Path), ProtocolRegistry.Traits(protocol).Name, error.EffectiveStatus, LogText.Sanitize(error.Message));
    }

    private void Log(string path, ClientRequest request, RequestOutcome? outcome, TimeSpan duration)
    {
        if (outcome is null) LogFault(request.FlowId, LogText.Sanitize(path), LogText.Sanitize(request.Model));
        else if (outcome.Error is { } error) LogFailed(request.FlowId, LogText.Sanitize(path), LogText.Sanitize(request.Model), outcome.Status, outcome.Attempts.Count, (long)duration.TotalMilliseconds, LogText.Sanitize(error.Message));
        else LogAnswered(request.FlowId, LogText.Sanitize(path), LogText.Sanitize(request.Model), outcome.ServedBy?.Account.Label, outcome.Mode, outcome.Status, outcome.Attempts.Count, (long)duration.TotalMilliseconds, outcome.Losses.Count);
    }

    [LoggerMessage(1, LogLevel.Information, "{Flow} {Path} {Model} → {Account} ({Mode}): {Status}, {Attempts} attempt(s), {Milliseconds} ms, {Losses} loss(es)")]
    private partial void LogAnswered(string flow, string path, string model, string? account, string? mode, int status, int attempts, long milliseconds, int losses);

    [LoggerMessage(2, LogLevel.Warning, "{Flow} {Path} {Model}: {Status} after {Attempts} attempt(s), {Milliseconds} ms: {Message}")]
    private partial void LogFailed(string flow, string path, string model, int status, int attempts, long milliseconds, string message);

    [LoggerMessage(3, LogLevel.Warning, "{Path} ({Protocol}) was rejected with {Status}: {Message}")]
    private partial void LogRefused(string path, string protocol, int status, string message);

    [LoggerMessage(4, LogLevel.Error, "{Flow} {Path} {Model}: an unexpected fault ended the request")]
    private partial void LogFault(string flow, string path, string model);
}
