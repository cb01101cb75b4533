using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Observability.Recording;

/// <summary>One log line for every request that has ended, without bodies and without secrets.</summary>
internal sealed partial class RequestLog(ILogger<RequestLog> logger) : IRequestObserver
{
    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        var (request, outcome, milliseconds) = (ended.Request, ended.Outcome, (long)ended.Duration.TotalMilliseconds);
        var (path, model) = (LogText.Sanitize(request.Origin.Path), LogText.Sanitize(request.Model));
        if (outcome.IsFault) LogFault(request.FlowId, path, model);
        else if (outcome.Error is { } error) LogFailed(request.FlowId, path, model, outcome.Status, outcome.Attempts.Count, milliseconds, LogText.Sanitize(error.Message));
        else LogAnswered(request.FlowId, path, model, outcome.ServedBy?.Account.Label, outcome.Mode, outcome.Status, outcome.Attempts.Count, milliseconds, outcome.Losses.Count);
    }

    [LoggerMessage(1, LogLevel.Information, "{Flow} {Path} {Model} → {Account} ({Mode}): {Status}, {Attempts} attempt(s), {Milliseconds} ms, {Losses} loss(es)")]
    private partial void LogAnswered(string flow, string path, string model, string? account, string? mode, int status, int attempts, long milliseconds, int losses);

    [LoggerMessage(2, LogLevel.Warning, "{Flow} {Path} {Model}: {Status} after {Attempts} attempt(s), {Milliseconds} ms: {Message}")]
    private partial void LogFailed(string flow, string path, string model, int status, int attempts, long milliseconds, string message);

    [LoggerMessage(4, LogLevel.Error, "{Flow} {Path} {Model}: an unexpected fault ended the request")]
    private partial void LogFault(string flow, string path, string model);
}
