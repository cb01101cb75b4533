using System.Diagnostics.Tracing;

namespace Dragoman.Server.Observability.Telemetry;

/// <summary>Tells the log when a collector does not take what it is sent: the exporter itself says it only to whoever listens. At most once a minute.</summary>
internal sealed partial class ExportFailures(ILogger logger, TimeProvider time) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private long _loggedAt;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter) EnableEvents(eventSource, EventLevel.Warning);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var reported = Interlocked.Read(ref _loggedAt);
        var now = time.GetTimestamp();
        if ((reported != 0 && time.GetElapsedTime(reported, now) < Pause) || Interlocked.CompareExchange(ref _loggedAt, now, reported) != reported) return;
        var words = eventData.Payload is { Count: > 0 } payload ? string.Join(": ", payload) : eventData.EventName;
        LogFailed(logger, LogText.Sanitize(WithoutTrace(words ?? "").ReplaceLineEndings(" ").Trim()));
    }

    /// <summary>The exporter says the whole of an exception; what happened is in its first words.</summary>
    private static string WithoutTrace(string words)
    {
        var end = words.IndexOf("\n   at ", StringComparison.Ordinal);
        var inner = words.IndexOf(" ---> ", StringComparison.Ordinal);
        return inner >= 0 && (end < 0 || inner < end) ? words[..inner] : end >= 0 ? words[..end] : words;
    }

    [LoggerMessage(77, LogLevel.Warning, "Telemetry could not be sent; is the collector at OTEL_EXPORTER_OTLP_ENDPOINT there? {Words}")]
    private static partial void LogFailed(ILogger logger, string words);
}
